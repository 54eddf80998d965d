// Keeps what is typed until the server has it: <form><p data-keep="tab" data-restored="sentence"></p></form>.
//
// In sessionStorage, which only this tab reads and which goes with it, under the address of the page; only what differs from the
// page as it came; removed as soon as the page was saved. Pages without data-keep="tab" (anonymous rounds, previews) keep nothing.
// Fields of a form can hide its own properties (a question may be called "elements"), so the form is asked for little.
const status = document.querySelector("[data-keep=tab]");
const FIELDS = "input:not([type=hidden]), select, textarea";

function fields(form) {
  return [...form.querySelectorAll(FIELDS)];
}

// What a field says now, or said when the page came: {name: [values]}.
function told(form, isChosen, valueOf) {
  const values = {};
  for (const field of fields(form)) {
    const list = (values[field.name] ??= []);
    const isTicked = field.type === "radio" || field.type === "checkbox";
    if (isTicked ? isChosen(field) : true) list.push(isTicked ? field.value : valueOf(field));
  }
  return values;
}

const now = (form) => told(form, (field) => field.checked, (field) => field.value);
const before = (form) => told(form, (field) => field.defaultChecked, cameWith);

function cameWith(field) {
  if (field.localName !== "select") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
}

function put(form, values) {
  for (const field of fields(form)) {
    const wanted = values[field.name];
    if (!wanted) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = wanted.includes(field.value);
    else field.value = wanted[0] ?? "";
    // What counts characters or hides questions looks again.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function keepIn(storage, form) {
  const key = `survey ${location.pathname}`;
  const kept = JSON.parse(storage.getItem(key) ?? "null");
  if (kept) {
    const shown = JSON.stringify(now(form));
    put(form, kept);
    if (JSON.stringify(now(form)) !== shown) status.textContent = status.dataset.restored;
  }
  const keep = () => {
    const [was, is] = [before(form), now(form)];
    const changed = Object.entries(is).filter(([name, values]) => String(values) !== String(was[name]));
    if (changed.length > 0) storage.setItem(key, JSON.stringify(Object.fromEntries(changed)));
    else storage.removeItem(key);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("survey:saved", (event) => {
    const survey = key.replace(/\d+\/$/, "");
    for (const each of Object.keys(storage)) {
      if (each === key || (event.detail === "submit" && each.startsWith(survey))) storage.removeItem(each);
    }
  });
}

try {
  if (status) keepIn(window.sessionStorage, status.closest("form"));
} catch {
  // A browser that keeps nothing is no reason to stop: the page is sent as it is.
}
