// Drags a card of <div data-action-board> into another column, by pressing the button on it that does the same.
for (const board of document.querySelectorAll("[data-action-board]")) {
  let dragged = null;
  const columnOf = (event) => event.target.closest("[data-state]");
  const buttonFor = (column) => column && dragged?.querySelector(`button[name=state][value="${column.dataset.state}"]`);
  const leave = () => board.querySelector(".is-over")?.classList.remove("is-over");

  for (const card of board.querySelectorAll("[data-movable]")) card.draggable = true;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-movable]");
    dragged?.classList.add("is-dragged");
  });
  board.addEventListener("dragover", (event) => {
    leave();
    if (!buttonFor(columnOf(event))) return;
    event.preventDefault();
    columnOf(event).classList.add("is-over");
  });
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    const button = buttonFor(columnOf(event));
    button?.form.requestSubmit(button);
  });
  board.addEventListener("dragend", () => {
    leave();
    dragged?.classList.remove("is-dragged");
    dragged = null;
  });
}
