// Keeps on this device what is typed into minutes until the server has it: <form data-minutes="key of the person"> with the fields
// text, base, version and page, and <p data-minutes-status data-restored="sentence">. In localStorage, since the tab may be killed;
// under the page and the person, and only as long as it is not saved. With data-joined the page holds all that was kept.
const form = document.querySelector("form[data-minutes]");
const NAMES = ["text", "base", "version", "page"];
const field = (name) => form.elements.namedItem(name);

function keep(storage, key) {
  if (field("text").value === field("base").value) return storage.removeItem(key);
  storage.setItem(key, JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, field(name).value]))));
}

function restore(storage, key) {
  const kept = JSON.parse(storage.getItem(key) ?? "null");
  if (!kept || kept.text === field("text").value) return;
  for (const name of NAMES) field(name).value = kept[name];
  const status = form.querySelector("[data-minutes-status]");
  status.textContent = status.dataset.restored;
}

try {
  if (form) {
    const [storage, key] = [window.localStorage, `minutes ${form.dataset.minutes} ${location.pathname}`];
    if ("joined" in form.dataset) storage.removeItem(key);
    else restore(storage, key);
    form.addEventListener("input", () => keep(storage, key));
    form.addEventListener("minutes:saved", () => keep(storage, key));
  }
} catch {
  // A browser that keeps nothing is no reason to stop: the server is told every few seconds all the same.
}
