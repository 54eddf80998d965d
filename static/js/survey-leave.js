// Warns before a page is closed while it is being sent, and where it alone holds what was answered:
// <form><p data-keep="page"></p></form> (anonymous rounds). survey-send.js says when leaving is right: "survey:leaving".
const status = document.querySelector("[data-keep=tab], [data-keep=page]");
const form = status?.closest("form");
let [isBeingSent, isLeaving] = [false, false];

form?.addEventListener("submit", () => {
  isBeingSent = true;
});
form?.addEventListener("survey:leaving", () => {
  isLeaving = true;
});
window.addEventListener("beforeunload", (event) => {
  if (form && !isLeaving && (isBeingSent || holdsAnswers())) event.preventDefault();
});

// Whether closing the page would lose something: it has a page before it, or something typed.
function holdsAnswers() {
  if (status.dataset.keep !== "page") return false;
  const typed = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const isGiven = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value !== "");
  return Boolean(form.querySelector("button[value=back]")) || typed.some(isGiven);
}
