/**
 * Canvas: the grids of a transposed convolution, input × kernel = stamp, added to the output.
 */

import { entry, grid, peak, tint, write } from "dlcourse/grid";
import { el, exact, format } from "dlcourse/kit";

const square = (n) => `${n} × ${n}`;

/**
 * Numbers to type into: the input, with the cell that stamps now, or the kernel.
 * @param {"input" | "kernel"} name
 * @param {(row: number, column: number, value: number) => void} edit
 */
export function numbersBoard(name, edit) {
  const board = grid(name);
  const draw = ({ place, ...now }) => {
    const rows = name === "input" ? now.image : now.kernel;
    const make = (row, column) =>
      entry(`${name}[${row}, ${column}]`, (value) => edit(row, column, value));
    const paint = (cell, row, column) => {
      write(cell, exact(rows[row][column]));
      tint(cell.parentElement, rows[row][column], peak(rows));
      const here = name === "input" && row === place[0] && column === place[1];
      cell.parentElement.setAttribute("aria-selected", here);
    };
    board.show(`${name} ${square(rows.length)}`, [rows.length, rows.length], { make, paint });
  };
  return { element: board.element, draw };
}

/** The kernel times the cell of the input that stamps now. */
export function stampBoard() {
  const board = grid("stamp");
  const draw = ({ stamped, value }) => {
    const paint = (cell, row, column) => {
      write(cell, format(stamped[row][column]));
      tint(cell.parentElement, stamped[row][column], peak(stamped));
    };
    const make = () => el("span");
    const shape = [stamped.length, stamped.length];
    board.show(`${exact(value)} × kernel`, shape, { make, paint });
  };
  return { element: board.element, draw };
}

/** What the stamps so far add up to; the cells that are cropped are hatched. */
export function canvasBoard() {
  const board = grid("output");
  const frame = el("div", { class: "playable-frame", "aria-hidden": "true" });
  board.stage.append(frame);

  const draw = ({ cells, padding, output, span, place, stride, kernel, shown }) => {
    const kept = (index) => index >= padding && index < padding + output;
    const paint = (cell, row, column) => {
      const inside = kept(row) && kept(column);
      write(cell, format(cells[row][column]));
      cell.classList.toggle("playable-padding", !inside);
      tint(cell.parentElement, inside ? cells[row][column] : 0, peak(cells));
    };
    const cropped = padding ? `, cropped from ${square(span)}` : "";
    const title = `${shown === "sums" ? "output" : "stamps on each cell,"} ${square(output)}`;
    const shape = [cells.length, cells.length];
    board.show(title + cropped, shape, { make: () => el("span"), paint });
    frame.style.setProperty("--row", place[0] * stride);
    frame.style.setProperty("--column", place[1] * stride);
    frame.style.setProperty("--extent", kernel.length);
  };
  return { element: board.element, draw };
}

/** The four grids in a row, with the signs between them. */
export function stampRow(input, kernel, stamped, output) {
  const sign = (text) => el("span", { class: "playable-sign", "aria-hidden": "true" }, text);
  // A sign stays with the grid after it where the row wraps.
  const pair = (...parts) => el("div", { class: "playable-pair" }, ...parts);
  const element = el("div", { class: "playable-boards" });
  element.append(input, pair(sign("×"), kernel), pair(sign("="), stamped), pair(sign("→"), output));
  // The third sign with its gaps takes the room of two more columns.
  const draw = ({ image, kernel: { length }, cells }) =>
    element.style.setProperty("--columns", image.length + 2 * length + cells.length + 2);
  return { element, draw };
}

/** Where the stamp went, and the rule for the size of the output with the numbers put in. */
export function tellSize() {
  const where = el("p", { class: "playable-size", role: "status" });
  const rule = el("p", { class: "playable-size" });
  const element = el("div", {}, where, rule);
  const draw = ({ image, kernel, stride, padding, output_padding, output, place, step }) => {
    const [top, left] = place.map((index) => index * stride);
    where.textContent =
      `Stamp ${step + 1} of ${image.flat().length}: input[${place.join(", ")}] times the kernel, ` +
      `added at row ${top}, column ${left} of the canvas.`;
    const [n, k] = [image.length, kernel.length];
    const letters = "(n − 1) s − 2p + k + output_padding".split(/(?<![a-z_])([nspk])(?![a-z_])/);
    const italic = letters.map((part, i) => (i % 2 ? el("var", {}, part) : part));
    const numbers = `(${n} − 1)·${stride} − 2·${padding} + ${k} + ${output_padding}`;
    const parts = [["output size"], [" = ", ...italic], [` = ${numbers}`], [` = ${output}`]];
    rule.replaceChildren(...parts.map((each) => el("span", {}, ...each)));
    if (!output) rule.append(" The padding crops all that was stamped.");
  };
  return { element, draw };
}
