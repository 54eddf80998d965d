// Follows a link when its key is pressed: <a data-shortcut="l">. Never while somebody types, and not where the key was
// switched off on this device by <input type="checkbox" data-shortcut-switch="l"> inside <… data-shortcut-help hidden>.
const TYPED_IN = "input, textarea, select, [contenteditable]";
const nameOf = (key) => `shortcut-${key}-off`;

function isOff(key) {
  try {
    return localStorage.getItem(nameOf(key)) !== null;
  } catch {
    return false; // storage is closed to us: the key works
  }
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && !event.isComposing;
  if (!isPlain || event.defaultPrevented || event.target.closest(TYPED_IN)) return;
  const key = event.key.toLowerCase();
  const link = [...document.querySelectorAll("a[data-shortcut]")].find((found) => found.dataset.shortcut === key);
  if (!link || isOff(key)) return;
  event.preventDefault();
  link.click();
});

for (const help of document.querySelectorAll("[data-shortcut-help]")) help.hidden = false;

for (const box of document.querySelectorAll("input[data-shortcut-switch]")) {
  const key = box.dataset.shortcutSwitch;
  box.checked = !isOff(key);
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(nameOf(key));
    else localStorage.setItem(nameOf(key), "off");
  });
}
