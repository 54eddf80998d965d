// The roll under one thumb: <form data-roll> with rows of radio buttons, rows nobody has noted yet marked by data-roll-open.
// <a data-roll-start="present"> lets those that were not tapped begin as something else without fetching the page anew (its link
// does the same without this script), and <p data-roll-counts> with <span data-state="…"> follows every tap.
const form = document.querySelector("form[data-roll]");
const starts = [...document.querySelectorAll("[data-roll-start]")];
const tapped = new Set();

function count() {
  const chosen = [...form.querySelectorAll("input[type=radio]:checked")];
  for (const part of form.querySelectorAll("[data-roll-counts] [data-state]")) {
    const number = chosen.filter((field) => field.value === part.dataset.state).length;
    part.querySelector(".number").textContent = number;
    part.hidden = number === 0;
  }
}

function begin(event) {
  event.preventDefault();
  const start = event.currentTarget;
  for (const row of form.querySelectorAll("[data-roll-open]")) {
    if (!tapped.has(row)) row.querySelector(`input[value="${start.dataset.rollStart}"]`).checked = true;
  }
  for (const each of starts) each.toggleAttribute("aria-current", false);
  start.setAttribute("aria-current", "true");
  count();
}

if (form) {
  for (const start of starts) start.addEventListener("click", begin);
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") tapped.add(event.target.closest("fieldset"));
    count();
  });
  count();
}
