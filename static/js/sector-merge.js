// Writes into the fields of <form data-sector-board> what the event "sector-move" asks for: {field, target} in its detail.
for (const form of document.querySelectorAll("form[data-sector-board]")) {
  const inputs = [...form.querySelectorAll("input[data-sector]")];
  const nameOf = (input) => input.value.trim() || input.dataset.sector;
  const within = (name) => inputs.filter((input) => nameOf(input) === name);
  const sectors = (list) => list.map((input) => input.dataset.sector).join(" + ");

  function write(input, name) {
    const value = name === input.dataset.sector ? "" : name;
    if (input.value === value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A group that is called after its sectors is called after those it has now; a name that somebody chose stays.
  function call(group, name, isChosen) {
    for (const input of group) write(input, isChosen ? name : sectors(group));
  }

  form.addEventListener("sector-move", ({ detail }) => {
    const moved = inputs.find((input) => input.id === detail.field);
    const before = nameOf(moved);
    const [from, to] = [within(before), within(detail.target)];
    if (to.includes(moved)) return;
    const isChosen = (group, name) => group.length > 1 && name !== sectors(group);
    const [keepsFrom, keepsTo] = [isChosen(from, before), isChosen(to, detail.target)];
    const left = from.filter((input) => input !== moved);
    const joined = inputs.filter((input) => input === moved || to.includes(input));
    call(joined, detail.target, keepsTo);
    call(left, before, keepsFrom);
    const words = { sector: moved.dataset.sector, group: nameOf(moved) };
    words.members = within(nameOf(moved)).map((input) => input.dataset.sector).join(", ");
    form.dispatchEvent(new CustomEvent("sector-moved", { detail: { field: moved.id, words } }));
  });
}
