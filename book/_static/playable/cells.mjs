/**
 * Cells: which cell of a grid is responsible for an object, and what it should say of it.
 *
 * Boxes are [x1, y1, x2, y2], image and grid are [width, height] and [columns, rows].
 */

/** Column, row, and x, y, w, h as the cell sees the box: parts of a cell, then of the image. */
export function seenFromCell([x1, y1, x2, y2], image, grid) {
  const middle = [(x1 + x2) / 2, (y1 + y2) / 2];
  const inCells = middle.map((value, axis) => (value / image[axis]) * grid[axis]);
  const cell = inCells.map((value, axis) => Math.min(Math.floor(value), grid[axis] - 1));
  const place = inCells.map((value, axis) => value - cell[axis]);
  const shares = [(x2 - x1) / image[0], (y2 - y1) / image[1]];
  return { cell, codes: [...place, ...shares] };
}

/** The same for all objects; `taken` is the earlier object that has the cell, or -1. */
export function encoded(boxes, image, grid) {
  const seen = boxes.map((box) => seenFromCell(box, image, grid));
  return seen.map((each, at) => ({
    ...each,
    taken: seen.slice(0, at).findIndex((other) => `${other.cell}` === `${each.cell}`),
  }));
}
