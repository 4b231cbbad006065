/**
 * Boards: the grids of a convolution, input ⋆ kernel = output, drawn from one view of its state.
 */

import { entry, grid, peak, tint, write } from "dlcourse/grid";
import { el, exact, format } from "dlcourse/kit";
import { extent } from "dlcourse/windows";

const square = (n) => `${n} × ${n}`;

/** The image with its padding, and the window over it. */
export function inputBoard(edit) {
  const board = grid("input");
  const frame = el("div", { class: "playable-frame", "aria-hidden": "true" });
  board.stage.append(frame);

  const draw = ({ image, padding, window, stride, place, kernel_size, dilation }) => {
    const padded = image.length + 2 * padding;
    const inside = (row, column) => image[row - padding]?.[column - padding];
    const strongest = peak(image);
    const make = (row, column) => {
      if (inside(row, column) === undefined) return el("span", { class: "playable-padding" });
      const [r, c] = [row - padding, column - padding];
      return entry(`input[${r}, ${c}]`, (value) => edit(r, c, value));
    };
    const paint = (cell, row, column) => {
      const under = window
        .flat()
        .find((each) => each.row === row - padding && each.column === column - padding);
      const value = inside(row, column) ?? 0;
      write(cell, exact(value));
      tint(cell.parentElement, value, strongest);
      cell.parentElement.toggleAttribute("data-under", Boolean(under));
      cell.parentElement.dataset.weight = under ? exact(under.weight) : "";
    };
    const title = `input ${square(image.length)}`;
    board.show(padding ? `${title}, padded to ${square(padded)}` : title, [padded, padded], {
      make,
      paint,
    });
    frame.hidden = !window.length;
    frame.style.setProperty("--row", place[0] * stride);
    frame.style.setProperty("--column", place[1] * stride);
    frame.style.setProperty("--extent", extent(kernel_size, dilation));
  };
  return { element: board.element, draw };
}

/** The kernel as it is typed and, for a convolution, as it is laid on the image. */
export function kernelBoard(edit) {
  const typed = grid("kernel");
  const laid = grid("kernel, turned by 180 degrees");
  const fill = (rows) => (cell, row, column) => {
    write(cell, exact(rows[row][column]));
    tint(cell.parentElement, rows[row][column], peak(rows));
  };
  const draw = ({ kernel, weights, operation }) => {
    const shape = [kernel.length, kernel.length];
    const make = (row, column) =>
      entry(`kernel[${row}, ${column}]`, (value) => edit(row, column, value));
    typed.show(`kernel ${square(kernel.length)}`, shape, { make, paint: fill(kernel) });
    laid.show("turned by 180°", shape, { make: () => el("span"), paint: fill(weights) });
    laid.element.hidden = operation !== "convolution";
  };
  const element = el("div", { class: "playable-kernels" }, typed.element, laid.element);
  return { element, draw };
}

/** The sums; picking one moves the window there. */
export function outputBoard(go) {
  const board = grid("output");
  const draw = ({ output, place }) => {
    const make = (row, column) => {
      const here = () => go([row, column]);
      return el("button", { type: "button", onclick: here, onfocus: here });
    };
    const paint = (cell, row, column) => {
      const value = output[row][column];
      write(cell, format(value));
      cell.setAttribute("aria-label", `output[${row}, ${column}] = ${format(value)}`);
      cell.parentElement.setAttribute("aria-selected", row === place[0] && column === place[1]);
      tint(cell.parentElement, value, peak(output));
    };
    const size = output.length;
    board.show(size ? `output ${square(size)}` : "no output", [size, size], { make, paint });
    if (size) board.stopAt(...place);
  };
  return { element: board.element, draw };
}

/** The three grids in a row, with the signs between them; ⋆ is the sign of cross-correlation. */
export function boardRow(input, kernel, output) {
  const sign = el("span", { class: "playable-sign", "aria-hidden": "true" });
  const equals = el("span", { class: "playable-sign", "aria-hidden": "true" }, "=");
  // A sign stays with the grid after it where the row wraps.
  const pair = (...parts) => el("div", { class: "playable-pair" }, ...parts);
  const element = el("div", { class: "playable-boards" }, input, pair(sign, kernel));
  element.append(pair(equals, output));
  const draw = (now) => {
    sign.textContent = now.operation === "convolution" ? "∗" : "⋆";
    const columns = now.image.length + 2 * now.padding + now.kernel_size + now.output.length;
    element.style.setProperty("--columns", columns);
  };
  return { element, draw };
}
