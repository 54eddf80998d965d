// Asks before a form with changes is left: <form data-unsaved-warning>. The browser words the question.
const changed = new Set();

for (const form of document.querySelectorAll("form[data-unsaved-warning]")) {
  form.addEventListener("input", () => changed.add(form));
  form.addEventListener("submit", () => changed.clear());
}

window.addEventListener("beforeunload", (event) => {
  if (changed.size > 0) event.preventDefault();
});
