// Hides a question that does not apply: <div data-show-if="since" data-show-values="new old">, where the question `since` stands
// before it on the page. The server decides anew what applies; without this script the words above the question say it.
const conditional = [...document.querySelectorAll("[data-show-if]")];

function applies(part) {
  const asked = [...document.getElementsByName(part.dataset.showIf)];
  const values = part.dataset.showValues.split(" ");
  return asked.some((field) => field.checked && values.includes(field.value) && !field.closest("[data-show-if][hidden]"));
}

function show() {
  // In the order of the page: what depends on a hidden question is hidden after it.
  for (const part of conditional) {
    if (document.getElementsByName(part.dataset.showIf).length > 0) part.hidden = !applies(part);
  }
}

for (const words of document.querySelectorAll("[data-show-words]")) words.hidden = true;
document.addEventListener("change", show);
show();
