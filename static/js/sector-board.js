// Merging by hand: <form data-sector-board> with an <input data-sector="name"> per sector gets a board of groups above its
// fields. A sector is dragged by its handle (mouse, pen, finger) or sent by its list; the fields stay the only truth.
const ALONE = "";
// Near the edge of the window the page moves along, by so many pixels at each move.
const EDGE = 48;
const STEP = 16;

function start(form) {
  const inputs = [...form.querySelectorAll("input[data-sector]")];
  if (inputs.length < 2) return;
  const board = make("section", "board");
  board.setAttribute("aria-label", form.dataset.title);
  const groups = make("div", "board-groups");
  const said = make("p", "visually-hidden");
  said.setAttribute("aria-live", "polite");
  board.append(make("p", "note", form.dataset.hint), groups, said);
  form.before(board);
  const names = form.querySelector("[data-board-names]");
  // With a board the names are a detail, unless one of them has to be corrected.
  if (names && !form.querySelector("[aria-invalid=true]")) names.open = false;

  const nameOf = (input) => input.value.trim() || input.dataset.sector;

  function members() {
    const found = new Map();
    for (const input of inputs) {
      const name = nameOf(input);
      found.set(name, [...(found.get(name) ?? []), input]);
    }
    return found;
  }

  function write(input, name) {
    const value = name === input.dataset.sector ? "" : name;
    if (input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A group that is called after its sectors is called after those it has now; a name that somebody chose stays.
  function call(group, before) {
    const sectors = (list) => list.map((input) => input.dataset.sector).join(" + ");
    if (before.length > 1 && nameOf(before[0]) !== sectors(before)) {
      for (const input of group) write(input, nameOf(before[0]));
      return;
    }
    for (const input of group) write(input, sectors(group));
  }

  function move(input, target) {
    const all = members();
    const from = all.get(nameOf(input));
    const to = all.get(target) ?? [];
    if (to.includes(input) && (target !== ALONE || from.length === 1)) return;
    const left = from.filter((other) => other !== input);
    const joined = inputs.filter((other) => other === input || to.includes(other));
    if (to.length > 0) call(joined, to);
    else write(input, input.dataset.sector);
    if (left.length > 0) call(left, from);
    draw();
    const group = members().get(nameOf(input));
    const words = { sector: input.dataset.sector, group: nameOf(input) };
    words.members = group.map((other) => other.dataset.sector).join(", ");
    said.textContent = fill(form.dataset.moved, words);
    board.querySelector(`[data-field="${input.id}"] select`).focus();
  }

  function draw() {
    const all = members();
    groups.replaceChildren();
    for (const [name, group] of all) {
      const place = make("section", "board-group");
      place.dataset.group = name;
      const list = make("ul", "plain");
      for (const input of group) list.append(card(input, name, group, all));
      place.append(make("h3", "", name), list);
      groups.append(place);
    }
    const alone = make("section", "board-group board-alone", form.dataset.alone);
    alone.dataset.group = ALONE;
    groups.append(alone);
  }

  function card(input, name, group, all) {
    const sector = input.dataset.sector;
    const item = make("li", "board-sector");
    item.dataset.field = input.id;
    const handle = make("span", "board-handle", "⠿");
    handle.setAttribute("aria-hidden", "true");
    handle.title = fill(form.dataset.handle, { sector });
    handle.addEventListener("pointerdown", (event) => drag(event, item, input));
    const select = make("select");
    select.setAttribute("aria-label", fill(form.dataset.move, { sector }));
    select.append(new Option(name, name, true, true));
    for (const other of all.keys()) if (other !== name) select.append(new Option(other, other));
    if (group.length > 1) select.append(new Option(form.dataset.alone, ALONE));
    select.addEventListener("change", () => move(input, select.value));
    item.append(handle, make("span", "board-name", sector), select);
    return item;
  }

  function drag(event, item, input) {
    if (event.button > 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const start = { x: event.clientX, y: event.clientY + window.scrollY };
    let over = null;
    handle.setPointerCapture(event.pointerId);
    item.classList.add("is-dragged");

    const follow = (moved) => {
      if (moved.clientY < EDGE) window.scrollBy(0, -STEP);
      else if (moved.clientY > window.innerHeight - EDGE) window.scrollBy(0, STEP);
      const y = moved.clientY + window.scrollY - start.y;
      item.style.setProperty("transform", `translate(${moved.clientX - start.x}px, ${y}px)`);
      const below = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-group]");
      over?.classList.remove("is-over");
      over = below && board.contains(below) ? below : null;
      over?.classList.add("is-over");
    };
    const end = (last) => {
      handle.removeEventListener("pointermove", follow);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      const target = last.type === "pointerup" ? over?.dataset.group : undefined;
      draw();
      if (target !== undefined) move(input, target);
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  for (const input of inputs) input.addEventListener("change", draw);
  draw();
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function fill(sentence, words) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => words[name]);
}

for (const form of document.querySelectorAll("form[data-sector-board]")) start(form);
