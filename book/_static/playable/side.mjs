/**
 * Side: the windows of one layer along one side.
 *
 * A layer is { kernel_size, stride, padding, dilation }. Cells are counted from the first cell of
 * the image, so that padding lies below 0 and from n on.
 */

import { outputSize } from "dlcourse/windows";

/** Cells of the padded side, from first to last. */
export const padded = (n, { padding }) =>
  Array.from({ length: n + 2 * padding }, (_, index) => index - padding);

/** Windows that fit along the side, 0 if none does. */
export const windowCount = (n, layer) => outputSize(n, layer.kernel_size, layer);

/** The cells that the window at a place of the output reads. */
export const reads = (place, { kernel_size, stride, padding, dilation }) =>
  Array.from({ length: kernel_size }, (_, index) => place * stride - padding + index * dilation);

/** How many windows read each cell of the padded side. */
export function readings(n, layer) {
  const counts = padded(n, layer).map(() => 0);
  for (let place = 0; place < windowCount(n, layer); place += 1)
    for (const cell of reads(place, layer)) counts[cell + layer.padding] += 1;
  return counts;
}

/** The cells of the padded side that lie beyond the last window; all of them where none fits. */
export function fallenOff(n, layer) {
  const count = windowCount(n, layer);
  const last = count ? reads(count - 1, layer).at(-1) : -Infinity;
  return padded(n, layer).filter((cell) => cell > last);
}
