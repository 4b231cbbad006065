/**
 * Stamps: what a transposed convolution adds up, one input cell at a time.
 *
 * Images and kernels are arrays of rows; the settings { stride, padding, output_padding } are one
 * number for both sides, as torch.nn.functional.conv_transpose2d spells them.
 */

const table = (rows, columns, make) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => make(row, column)),
  );

/** Cells that all stamps together span along a side of n cells: (n − 1) s + k. */
export const spanned = (n, kernelSize, { stride }) => (n - 1) * stride + kernelSize;

/** Cells that are left of a side of n cells: (n − 1) s − 2p + k + output_padding. */
export const outputSize = (n, kernelSize, settings) =>
  Math.max(0, spanned(n, kernelSize, settings) - 2 * settings.padding + settings.output_padding);

/** The kernel times one cell of the image. */
export const stamp = (value, kernel) => kernel.map((row) => row.map((weight) => value * weight));

/**
 * The canvas with the first `count` stamps on it, before it is cropped. It has room for
 * output_padding, even where that reaches beyond the last stamp.
 */
export function canvas(image, kernel, settings, count = Infinity) {
  const { stride, padding, output_padding } = settings;
  const beyond = Math.max(0, output_padding - padding);
  const rows = spanned(image.length, kernel.length, settings) + beyond;
  const columns = spanned(image[0].length, kernel[0].length, settings) + beyond;
  const cells = table(rows, columns, () => 0);
  image.flat().slice(0, count).forEach((value, index) => {
    const top = Math.floor(index / image[0].length) * stride;
    const left = (index % image[0].length) * stride;
    stamp(value, kernel).forEach((line, i) =>
      line.forEach((each, j) => (cells[top + i][left + j] += each)),
    );
  });
  return cells;
}

/** The cells of the canvas that are left after cropping. */
export function convTranspose2d(image, kernel, settings) {
  const cells = canvas(image, kernel, settings);
  const { padding } = settings;
  const rows = outputSize(image.length, kernel.length, settings);
  const columns = outputSize(image[0].length, kernel[0].length, settings);
  return table(rows, columns, (row, column) => cells[padding + row][padding + column]);
}

/** How many of the first `count` stamps lie on each cell of the canvas. */
export function overlap(image, kernel, settings, count = Infinity) {
  const ones = (rows) => rows.map((row) => row.map(() => 1));
  return canvas(ones(image), ones(kernel), settings, count);
}
