/**
 * Windows: where the windows of a convolution lie, and what each of them sums to.
 *
 * Images and kernels are arrays of rows; the settings { stride, padding, dilation } are one number
 * for both sides, as torch.nn.functional.conv2d spells them.
 */

/** Cells that a kernel spans along one side: d (k − 1) + 1. */
export const extent = (kernelSize, dilation) => dilation * (kernelSize - 1) + 1;

/**
 * Windows that fit along a side of n cells: ⌊(n + 2p − d (k − 1) − 1) / s⌋ + 1,
 * and none where the kernel spans more cells than the padded side has.
 */
export function outputSize(n, kernelSize, { stride, padding, dilation }) {
  const room = n + 2 * padding - extent(kernelSize, dilation);
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

/** The kernel turned by 180 degrees, which makes a convolution of a cross-correlation. */
export const turned = (kernel) => kernel.map((row) => [...row].reverse()).reverse();

/**
 * The cells under the kernel at one place of the output, laid out as the kernel is:
 * { row, column, value, weight } each, with the value 0 outside the image.
 */
export function products(image, kernel, { stride, padding, dilation }, [row, column]) {
  return kernel.map((weights, i) =>
    weights.map((weight, j) => {
      const r = row * stride + i * dilation - padding;
      const c = column * stride + j * dilation - padding;
      return { row: r, column: c, value: image[r]?.[c] ?? 0, weight };
    }),
  );
}

/** The sum of the products under one window. */
export const sum = (window) =>
  window.flat().reduce((total, { value, weight }) => total + value * weight, 0);

/** The sums of all windows; the kernel is laid on the image as it is, not turned. */
export function conv2d(image, kernel, settings) {
  const rows = outputSize(image.length, kernel.length, settings);
  const columns = outputSize(image[0].length, kernel[0].length, settings);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      sum(products(image, kernel, settings, [row, column])),
    ),
  );
}
