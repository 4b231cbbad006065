/**
 * Pools: what the windows of a pooling hold, what they come to, and where their gradients go.
 *
 * Images are arrays of rows; the settings { operation, kernel_size, stride, padding,
 * count_include_pad } are one number for both sides, as torch.nn.functional spells them.
 */

import { outputSize } from "dlcourse/windows";

const table = (rows, columns, make) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => make(row, column)),
  );

/** The cells that take part in a window: those of the image and, if they count, zeros around it. */
function held(image, { operation, kernel_size, stride, padding, count_include_pad }, [row, column]) {
  const outside = operation === "mean" && count_include_pad ? 0 : undefined;
  const cells = table(kernel_size, kernel_size, (i, j) => {
    const [r, c] = [row * stride + i - padding, column * stride + j - padding];
    return { row: r, column: c, value: image[r]?.[c] ?? outside };
  });
  return cells.map((line) => line.filter(({ value }) => value !== undefined));
}

/**
 * The cells of a window, row by row, each with its weight: its share in the output, and so in the
 * gradient. The first of the largest cells has all of a maximum, every cell the same of a mean.
 */
export function shares(image, settings, place) {
  const lines = held(image, settings, place);
  const cells = lines.flat();
  const largest = Math.max(...cells.map(({ value }) => value));
  const winner = cells.find(({ value }) => value === largest);
  const share = (cell) => (settings.operation === "max" ? Number(cell === winner) : 1 / cells.length);
  return lines.map((line) => line.map((cell) => ({ ...cell, weight: share(cell) })));
}

/** What a window comes to. */
export const summary = (window) =>
  window.flat().reduce((total, { value, weight }) => total + (weight ? value * weight : 0), 0);

/** The number of every window. */
export function pool2d(image, settings) {
  const size = (n) => outputSize(n, settings.kernel_size, { ...settings, dilation: 1 });
  return table(size(image.length), size(image[0].length), (row, column) =>
    summary(shares(image, settings, [row, column])),
  );
}

/** The gradient of the image, where every output has the slope 1. */
export function gradient(image, settings) {
  const slopes = image.map((line) => line.map(() => 0));
  pool2d(image, settings).forEach((line, row) =>
    line.forEach((_, column) => {
      for (const cell of shares(image, settings, [row, column]).flat()) {
        if (slopes[cell.row]?.[cell.column] !== undefined) {
          slopes[cell.row][cell.column] += cell.weight;
        }
      }
    }),
  );
  return slopes;
}
