/**
 * Stack: layers on top of each other along one side, and what their outputs see.
 *
 * Level 0 is the input, and level l the output of layer l. A layer is what `side` says it is.
 */

import { extent } from "dlcourse/windows";
import { reads, windowCount } from "dlcourse/side";

/** Cells of every level; a level above a window that does not fit has none. */
export function levelSizes(n, layers) {
  const sizes = [n];
  for (const layer of layers) sizes.push(sizes.at(-1) && windowCount(sizes.at(-1), layer));
  return sizes;
}

/** Size, jump and start of the receptive field, carried from the first layer to the last. */
export function receptiveField(layers) {
  let [size, jump, start] = [1, 1, 0];
  for (const { kernel_size, stride, padding, dilation } of layers) {
    size += (extent(kernel_size, dilation) - 1) * jump;
    start -= padding * jump;
    jump *= stride;
  }
  return { size, jump, start };
}

/**
 * The cells of every level that reach one cell of the top level, padding among them. What lies
 * beyond the border is a constant: it is seen, and nothing is seen through it.
 * @returns {number[][]} level by level, the input first
 */
export function trace(n, layers, place) {
  const sizes = levelSizes(n, layers);
  const seen = [[place]];
  for (let level = layers.length - 1; level >= 0; level -= 1) {
    const inside = seen[0].filter((cell) => cell >= 0 && cell < sizes[level + 1]);
    const below = inside.flatMap((cell) => reads(cell, layers[level]));
    seen.unshift([...new Set(below)].sort((a, b) => a - b));
  }
  return seen;
}
