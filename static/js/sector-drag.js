// Drags a sector of the board by its handle, with mouse, pen or finger, and says where it was left by "sector-move".
// Near the edge of the window the page moves along, by so many pixels at each move.
const EDGE = 48;
const STEP = 16;

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".board-handle");
  if (!handle || event.button > 0) return;
  event.preventDefault();
  const item = handle.closest("[data-field]");
  const board = handle.closest(".board");
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
    item.classList.remove("is-dragged");
    item.style.removeProperty("transform");
    over?.classList.remove("is-over");
    if (last.type !== "pointerup" || !over) return;
    const detail = { field: item.dataset.field, target: over.dataset.group };
    board.nextElementSibling.dispatchEvent(new CustomEvent("sector-move", { detail }));
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("pointerup", end, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
});
