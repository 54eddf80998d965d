// Shows how many characters are left below a field: <textarea maxlength="500" data-character-count>.
const NEAR = 0.9;

function show(field) {
  const count = field.nextElementSibling;
  const used = field.value.length;
  count.textContent = `${used} / ${field.maxLength}`;
  count.classList.toggle("character-count-near", used >= field.maxLength * NEAR);
}

for (const field of document.querySelectorAll("[data-character-count]")) {
  const count = document.createElement("p");
  count.className = "character-count";
  // Numbers of a page that is read from right to left would change places around the stroke.
  count.dir = "ltr";
  field.after(count);
  field.addEventListener("input", () => show(field));
  show(field);
}
