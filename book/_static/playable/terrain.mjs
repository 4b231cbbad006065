/**
 * Terrain: a surface seen from above, as lines of equal height.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Units of the picture, whatever the surface. */
export const WIDTH = 600;
export const HEIGHT = 400;

const COLUMNS = 120;
const ROWS = 80;
const LEVELS = 14;

/** Build an SVG element. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** From a point of the surface to the picture, and back. */
export function frame([left, right, bottom, top]) {
  const place = ([x, y]) => [
    ((x - left) / (right - left)) * WIDTH,
    ((top - y) / (top - bottom)) * HEIGHT,
  ];
  const point = ([across, down]) => [
    left + (across / WIDTH) * (right - left),
    top - (down / HEIGHT) * (top - bottom),
  ];
  return { place, point };
}

/** Heights at the corners of a grid over the picture, row by row. */
function sample(height, { point }) {
  const corner = (row, column) => point([(column / COLUMNS) * WIDTH, (row / ROWS) * HEIGHT]);
  return Array.from({ length: ROWS + 1 }, (_, row) =>
    Array.from({ length: COLUMNS + 1 }, (_, column) => height(corner(row, column))),
  );
}

/** Heights that enclose ever larger shares of the picture, narrow near the bottom. */
function levels(values) {
  const sorted = values.flat().sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return Array.from({ length: LEVELS }, (_, index) => at(((index + 1) / (LEVELS + 1)) ** 2));
}

/** Where a line of one height crosses the sides of one cell: none, two or four places. */
function crossings(values, row, column, level) {
  const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
  const found = [];
  corners.forEach(([r, c], index) => {
    const [nextRow, nextColumn] = corners[(index + 1) % 4];
    const [a, b] = [values[r][c] - level, values[nextRow][nextColumn] - level];
    if (a < 0 === b < 0) return;
    const share = a / (a - b);
    found.push([c + share * (nextColumn - c), r + share * (nextRow - r)]);
  });
  return found;
}

/** The line of one height, as the commands of an SVG path. */
function contour(values, level) {
  const written = ([column, row]) =>
    `${((column / COLUMNS) * WIDTH).toFixed(1)} ${((row / ROWS) * HEIGHT).toFixed(1)}`;
  let commands = "";
  for (let row = 0; row < ROWS; row += 1)
    for (let column = 0; column < COLUMNS; column += 1) {
      const places = crossings(values, row, column, level).map(written);
      for (let index = 0; index < places.length; index += 2)
        commands += `M${places[index]}L${places[index + 1]}`;
    }
  return commands;
}

/** The lines of equal height of a surface, each an SVG path. */
export function contours({ height, window }) {
  const values = sample(height, frame(window));
  return levels(values).map((level) => draw("path", { d: contour(values, level) }));
}
