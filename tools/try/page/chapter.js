/** A chapter of the course: its text, and its code in cells that run. */
import { Cell } from "./cell.js";

const DONE = ["fine", "lacking"]; // states of cells behind which a chapter goes on

/** What to say of a chapter that does not run here, with a link to it. */
function elsewhere(number) {
  const link = document.querySelector(`#course a[href^="../course/${number}-"]`)?.cloneNode(true);
  if (!link) return ["There is no such chapter; the list below has all of them."];
  return ["This chapter does not run on this page. It can be read: ", link];
}

export async function openChapter(number, python, say) {
  const place = document.getElementById("chapter");
  document.body.classList.add("reading");
  document.getElementById("try").remove();
  place.hidden = false;
  if (!document.querySelector(`#course a[href="?chapter=${number}"]`)) {
    place.append(...elsewhere(number));
    return;
  }
  const response = await fetch(`chapters/${number}.json`);
  if (!response.ok) {
    place.textContent = `The chapter could not be loaded (${response.status}). Reload the page to try again.`;
    return;
  }
  const chapter = await response.json(),
    cells = [];
  document.title = `${chapter.title} · autograd_tiny`;

  /** Runs the cells from the top to this one, and no further where one fails. */
  const runTo = async (last) => {
    for (const cell of cells.slice(0, last + 1)) {
      if (cell.isBusy) await cell.run();
      if (!DONE.includes(await cell.run())) return;
    }
  };
  for (const part of chapter.cells) {
    const element = document.createElement("div");
    place.append(element);
    if (part.html !== undefined) {
      element.className = "prose";
      element.innerHTML = part.html; // made from our notebooks when the page was built
      continue;
    }
    const index = cells.length,
      cell = new Cell(element, python, {
        code: part.code,
        name: `cell ${index + 1}`,
        plot: part.plot,
        say,
        above: () => cells.slice(0, index).filter(({ state }) => !DONE.includes(state)).map(({ editor }) => editor.code),
      });
    cells.push(cell);
    if (index) {
      const above = document.createElement("button");
      above.type = "button";
      above.className = "plain";
      above.textContent = "Run all to here";
      above.setAttribute("aria-label", `Run all to here, cell ${index + 1}`);
      above.addEventListener("click", () => runTo(index));
      cell.bar.insertBefore(above, cell.note);
    }
  }
  python.onFresh = () => cells.forEach((cell) => cell.forget());
}
