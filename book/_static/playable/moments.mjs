/**
 * Moments: which values of a block a normalization averages together, and what it makes of them.
 *
 * A block is an array of samples, each an array of channels, each an array of places.
 */

export const NORMS = ["batch", "layer", "instance", "group"];

/** A name for the part that a cell belongs to: cells with equal names share mean and variance. */
export function part(norm, [sample, channel], channelsInGroup) {
  if (norm === "batch") return `channel ${channel} of all samples`;
  if (norm === "layer") return `all channels of sample ${sample}`;
  if (norm === "instance") return `channel ${channel} of sample ${sample}`;
  const first = channel - (channel % channelsInGroup);
  const last = first + channelsInGroup - 1;
  const channels = last > first ? `channels ${first} to ${last}` : `channel ${first}`;
  return `${channels} of sample ${sample}`;
}

/** Count, mean, and the variance that divides by the count. */
export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, variance: squares / values.length };
}

/** The moments of every part of the block, by its name. */
export function partMoments(block, norm, groups) {
  const size = block[0].length / groups;
  const values = {};
  block.forEach((channels, sample) =>
    channels.forEach((places, channel) => {
      const name = part(norm, [sample, channel], size);
      values[name] = [...(values[name] ?? []), ...places];
    }),
  );
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, moments(all)]));
}

/** Every value less the mean of its part, over the root of its variance. */
export function normalize(block, norm, groups, eps = 1e-5) {
  const size = block[0].length / groups;
  const all = partMoments(block, norm, groups);
  return block.map((channels, sample) =>
    channels.map((places, channel) => {
      const { mean, variance } = all[part(norm, [sample, channel], size)];
      return places.map((value) => (value - mean) / Math.sqrt(variance + eps));
    }),
  );
}
