// Shows the fields of <form data-sector-board> (an <input data-sector="name"> per sector) as a board of groups above it. The
// fields stay the only truth: sector-merge.js writes them, sector-drag.js drags.
const ALONE = "";
const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_all, name) => words[name]);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function place(name, title) {
  const group = make("section", "board-group");
  group.dataset.group = name;
  group.append(title);
  return group;
}

function start(form) {
  const inputs = [...form.querySelectorAll("input[data-sector]")];
  const board = make("section", "board");
  const groups = make("div", "board-groups");
  const said = make("p", "visually-hidden");
  board.setAttribute("aria-label", form.dataset.title);
  said.setAttribute("aria-live", "polite");
  board.append(make("p", "note", form.dataset.hint), groups, said);
  form.before(board);
  // With a board the names are a detail, unless one of them has to be corrected.
  const names = form.querySelector("[data-board-names]");
  if (names && !form.querySelector("[aria-invalid=true]")) names.open = false;

  function draw() {
    const all = new Map();
    for (const input of inputs) {
      const name = input.value.trim() || input.dataset.sector;
      all.set(name, [...(all.get(name) ?? []), input]);
    }
    groups.replaceChildren();
    for (const [name, group] of all) {
      const list = make("ul", "plain");
      for (const input of group) list.append(card(input, name, group, all));
      groups.append(place(name, make("h3", "", name)));
      groups.lastChild.append(list);
    }
    groups.append(place(ALONE, form.dataset.alone));
    groups.lastChild.classList.add("board-alone");
  }

  function card(input, name, group, all) {
    const { sector } = input.dataset;
    const item = make("li", "board-sector");
    item.dataset.field = input.id;
    const handle = make("span", "board-handle", "⠿");
    handle.setAttribute("aria-hidden", "true");
    handle.title = fill(form.dataset.handle, { sector });
    const select = make("select");
    select.setAttribute("aria-label", fill(form.dataset.move, { sector }));
    select.append(new Option(name, name, true, true));
    for (const other of all.keys()) if (other !== name) select.append(new Option(other, other));
    if (group.length > 1) select.append(new Option(form.dataset.alone, ALONE));
    const ask = () => new CustomEvent("sector-move", { detail: { field: input.id, target: select.value } });
    select.addEventListener("change", () => form.dispatchEvent(ask()));
    item.append(handle, make("span", "board-name", sector), select);
    return item;
  }

  form.addEventListener("sector-moved", ({ detail }) => {
    draw();
    said.textContent = fill(form.dataset.moved, detail.words);
    board.querySelector(`[data-field="${detail.field}"] select`).focus();
  });
  for (const input of inputs) input.addEventListener("change", draw);
  draw();
}

for (const form of document.querySelectorAll("form[data-sector-board]")) start(form);
