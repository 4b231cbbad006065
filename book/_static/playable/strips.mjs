/**
 * Strips: rows of cells above each other, each cell at its own place along one side.
 *
 * Places are counted in cells of the input, so that a cell can stand above the middle of what it
 * reads. The look is that of `grid`.
 */

import { grid, tint, write } from "dlcourse/grid";
import { el } from "dlcourse/kit";

const SVG = "http://www.w3.org/2000/svg";

/** The box that holds strips; `columns` is how many cells of the input it is wide. */
export function strips(...parts) {
  const element = el("div", { class: "playable-strips" });
  element.append(...parts.map((part) => part.element));
  const widen = (columns) => element.style.setProperty("--columns", columns);
  return { element, widen };
}

/**
 * A row of cells. Each is { at, text, label, value, most, outside, selected }: its place, what it
 * says, what a screen reader says, its tint, and whether it is padding or the one in hand.
 * @param {string} name
 * @param {(index: number) => void} [pick] makes buttons of the cells
 */
export function strip(name, pick) {
  const board = grid(name);
  const make = (_, index) => {
    if (!pick) return el("span");
    const here = () => pick(index);
    return el("button", { type: "button", onclick: here, onfocus: here });
  };
  const show = (cells) => {
    const paint = (cell, _, index) => {
      const { at, text, label, value = 0, most = 1, outside = false, selected } = cells[index];
      write(cell, text);
      tint(cell.parentElement, value, most);
      cell.parentElement.style.setProperty("--at", at);
      cell.classList.toggle("playable-padding", outside);
      if (label) cell.setAttribute("aria-label", label);
      if (selected !== undefined) cell.parentElement.setAttribute("aria-selected", selected);
    };
    board.show(name, [1, cells.length], { make, paint });
    const inHand = cells.findIndex(({ selected }) => selected);
    if (inHand >= 0) board.stopAt(0, inHand);
  };
  return { element: board.element, show };
}

/** Lines from the cells of one strip to those of the next; each is [place above, place below]. */
export function links() {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", "playable-links");
  element.setAttribute("preserveAspectRatio", "none");
  element.setAttribute("aria-hidden", "true");
  const line = ([above, below]) => {
    const drawn = document.createElementNS(SVG, "line");
    const ends = { x1: above + 0.5, y1: 0, x2: below + 0.5, y2: 1 };
    for (const [name, value] of Object.entries(ends)) drawn.setAttribute(name, value);
    return drawn;
  };
  const show = (pairs, columns) => {
    element.setAttribute("viewBox", `0 0 ${columns} 1`);
    element.replaceChildren(...pairs.map(line));
  };
  return { element, show };
}

/** One thin bar for each window, with a block at each cell that it reads. */
export function bars(name) {
  const title = el("div", { class: "playable-title" }, name);
  const stage = el("div", { class: "playable-bars", "aria-hidden": "true" });
  const element = el("div", { class: "playable-board" }, title, stage);
  const block = (at) => el("span", { style: `--at: ${at}` });
  const bar = (selected) => (cells) => {
    const [first, last] = [cells[0], cells.at(-1)];
    const span = el("i", { style: `--at: ${first}; --extent: ${last - first + 1}` });
    return el("div", { "data-selected": cells === selected }, span, ...cells.map(block));
  };
  const show = (windows, place) => stage.replaceChildren(...windows.map(bar(windows[place])));
  return { element, show };
}
