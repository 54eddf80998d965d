// Ticks all boxes of a name at once: <label hidden data-choose-all="chosen"><input type="checkbox"> …</label>.
for (const label of document.querySelectorAll("[data-choose-all]")) {
  const all = label.querySelector("input");
  const boxes = () => [...document.getElementsByName(label.dataset.chooseAll)];
  label.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === label.dataset.chooseAll) all.checked = boxes().every((box) => box.checked);
  });
}
