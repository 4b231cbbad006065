/**
 * Steps: the arithmetic of a walk through a network. A step is a record as the package's `walk`
 * makes it; a network is an image and its steps.
 */

/** The levels of a drawn map, 0 to 15, one a cell. */
export const levels = (cells) => Array.from(cells, (digit) => Number.parseInt(digit, 16));

/** The height of a step's maps; a vector has height 1. */
export const height = ({ shape }) => (shape.length === 3 ? shape[1] : 1);

/**
 * The cells of the image, first and last, along one side that the output in the middle sees; those
 * outside the image lie on padding. Undefined where it sees the whole image.
 */
export function seen(step) {
  if (!step.field) return undefined;
  const [size, jump, start] = step.field;
  const first = start + jump * Math.floor(height(step) / 2);
  return [first, first + size - 1];
}

/** What lies between the image and a step, the step included: parameters and multiply-adds. */
export const soFar = (steps, place) =>
  steps.slice(0, place + 1).reduce(
    ([parameters, work], step) => [parameters + step.parameters, work + step.multiplyAdds],
    [0, 0],
  );

/** A whole number with commas: 1,234. */
export const grouped = (value) => new Intl.NumberFormat("en").format(value);
