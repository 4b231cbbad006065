/**
 * Shapes: the side of each map of a U-Net, and why a picture does not fit.
 *
 * Rows and columns follow the same rule, so one number a map is enough.
 */

const lost = (padding) => (padding === "valid" ? 4 : 0);

const nothingLeft = (level, side) =>
  `two convolutions at level ${level + 1} need more than ${side} ${side === 1 ? "pixel" : "pixels"}`;

/**
 * Follow one side of a picture through the network.
 * @returns {{ steps: { name: string, level: number, side: number }[], fault: string|null }} the
 *   maps up to the first that cannot be made, and why it cannot
 */
export function trace(side, depth, padding) {
  const steps = [];
  const add = (name, level, to) => steps.push({ name, level, side: (side = to) });
  const convolved = (level) => {
    if (side <= lost(padding)) return nothingLeft(level, side);
    add("convolved", level, side - lost(padding));
    return null;
  };
  add("picture", 0, side);
  let fault = null;
  for (let level = 0; level <= depth && !fault; level += 1) {
    if (level && side % 2) {
      fault = `the pooling after level ${level} would meet an odd side, ${side} pixels`;
      break;
    }
    if (level) add("pooled", level, side / 2);
    fault = convolved(level);
  }
  for (let level = depth - 1; level >= 0 && !fault; level -= 1) {
    add("doubled", level, 2 * side);
    fault = convolved(level);
  }
  return { steps, fault };
}

/** The smallest side that fits; the others follow in steps of 2 to the depth. */
export function leastSide(depth, padding) {
  let side = 1;
  while (trace(side, depth, padding).fault) side += 1;
  return side;
}

/** The sides that fit nearest to this one: below it, if there is one, and above. */
export function nearby(side, depth, padding) {
  const [least, step] = [leastSide(depth, padding), 2 ** depth];
  if (side <= least) return [least];
  const below = side - ((side - least) % step);
  return below === side ? [below] : [below, below + step];
}
