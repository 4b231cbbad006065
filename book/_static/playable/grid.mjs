/**
 * Grid: numbers in rows and columns, to read, to type into and to pick from.
 */

import { el, exact, parse } from "dlcourse/kit";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const table = (rows, columns, make) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => make(row, column)),
  );

/**
 * A titled grid. It is one stop of the Tab key, and arrow keys move inside it; cells that are
 * inputs or buttons can be reached. `stage` is the box around its cells, for what is drawn over
 * them.
 * @param {string} name what a screen reader calls the grid
 */
export function grid(name) {
  const title = el("div", { class: "playable-title" });
  const body = el("div", { class: "playable-grid", role: "grid", "aria-label": name });
  const stage = el("div", { class: "playable-stage" }, body);
  let cells = [];
  let stop;

  const stopAt = (cell) => {
    stop?.setAttribute("tabindex", -1);
    stop = cell;
    stop?.setAttribute("tabindex", 0);
  };
  const build = (rows, columns, make) => {
    cells = table(rows, columns, make);
    const held = (cell) => el("div", { role: "gridcell" }, cell);
    body.replaceChildren(...cells.map((line) => el("div", { role: "row" }, ...line.map(held))));
    body.style.setProperty("--columns", columns);
    const reachable = cells.flat().filter((cell) => cell.matches("input, button"));
    reachable.forEach((cell) => cell.setAttribute("tabindex", -1));
    stopAt(reachable[0]);
  };
  const move = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [down, right] = ARROWS[event.key];
    const row = cells.findIndex((line) => line.includes(event.target));
    cells[row + down]?.[cells[row].indexOf(event.target) + right]?.focus();
  };
  body.addEventListener("focusin", (event) => stopAt(event.target));
  body.addEventListener("keydown", move);

  return {
    element: el("div", { class: "playable-board" }, title, stage),
    stage,
    /** Cells are made anew only when the shape changes, so that the one in use keeps the focus. */
    show(text, [rows, columns], { make, paint }) {
      title.textContent = text;
      if (rows !== cells.length || columns !== cells[0]?.length) build(rows, columns, make);
      cells.forEach((line, row) => line.forEach((cell, column) => paint(cell, row, column)));
    },
    stopAt: (row, column) => stopAt(cells[row][column]),
  };
}

/**
 * A cell to type a number into.
 * @param {string} label
 * @param {(value: number) => void} onChange
 */
export function entry(label, onChange) {
  const input = el("input", {
    type: "text",
    maxlength: 5,
    spellcheck: "false",
    "aria-label": label,
    onfocus: () => input.select(),
    oninput: () => onChange(parse(input.value)),
    onchange: () => (input.value = exact(parse(input.value))),
  });
  return input;
}

/** Write a text into a cell, unless the reader is writing there. */
export function write(cell, text) {
  if (cell.tagName !== "INPUT") cell.textContent = text;
  else if (cell !== document.activeElement) cell.value = text;
  cell.style.setProperty("--length", text.length);
}

/** The largest magnitude in a table of numbers. */
export const peak = (rows) => Math.max(...rows.flat().map(Math.abs));

/** Tint an element by its value: blue above zero, orange below, strongest at `most`. */
export function tint(element, value, most) {
  element.dataset.sign = Math.sign(value);
  element.style.setProperty("--share", Math.abs(value) / (most || 1));
}
