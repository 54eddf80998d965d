// A button that takes the marked words out of a text: <div data-redact="id of the textarea" data-label="…" data-hint="…">.
const MARK = "[…]";

for (const place of document.querySelectorAll("[data-redact]")) {
  const field = document.getElementById(place.dataset.redact);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = place.dataset.label;
  const hint = document.createElement("p");
  hint.className = "note";
  hint.setAttribute("role", "status");
  button.addEventListener("click", () => {
    const { selectionStart: start, selectionEnd: end } = field;
    hint.textContent = start === end ? place.dataset.hint : "";
    if (start !== end) {
      field.setRangeText(MARK, start, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.focus();
  });
  place.append(button, hint);
}
