/**
 * Descent: the rules of dlcourse.optim.optimizers for one weight, and the paths they take.
 *
 * A rule is a function of { weight, slope, memory, rate, t } that returns the new weight and the
 * new memory. Memory is an object, empty before the first step; t counts the steps from 1.
 */

const MOMENTUM = 0.9;

const gradientDescent = ({ weight, slope, memory, rate }) => ({
  weight: weight - rate * slope,
  memory,
});

const momentum = ({ weight, slope, memory: { velocity = 0 }, rate }) => {
  const next = MOMENTUM * velocity + slope;
  return { weight: weight - rate * next, memory: { velocity: next } };
};

const nesterov = ({ weight, slope, memory: { velocity = 0 }, rate }) => {
  const next = MOMENTUM * velocity + slope;
  return { weight: weight - rate * (slope + MOMENTUM * next), memory: { velocity: next } };
};

const adagrad = ({ weight, slope, memory: { sum = 0 }, rate }) => {
  const next = sum + slope ** 2;
  return { weight: weight - (rate * slope) / (Math.sqrt(next) + 1e-10), memory: { sum: next } };
};

const rmsprop = ({ weight, slope, memory: { square = 0 }, rate }) => {
  const next = 0.99 * square + 0.01 * slope ** 2;
  return { weight: weight - (rate * slope) / (Math.sqrt(next) + 1e-8), memory: { square: next } };
};

const adam = ({ weight, slope, memory: { mean = 0, square = 0 }, rate, t }) => {
  const first = 0.9 * mean + 0.1 * slope;
  const second = 0.999 * square + 0.001 * slope ** 2;
  const scale = Math.sqrt(second / (1 - 0.999 ** t)) + 1e-8;
  const moved = (rate * first) / (1 - 0.9 ** t) / scale;
  return { weight: weight - moved, memory: { mean: first, square: second } };
};

/** The rules by name, with the options that torch has by default and a momentum of 0.9. */
export const RULES = { SGD: gradientDescent, momentum, Nesterov: nesterov, Adagrad: adagrad,
  RMSprop: rmsprop, Adam: adam };

const BEYOND = 1e9;

/**
 * The points that a rule visits, the start included. A path that runs away ends early.
 * @param {(point: number[]) => number[]} gradient
 * @returns {number[][]}
 */
export function path(gradient, rule, rate, start, steps) {
  const points = [start];
  let memories = start.map(() => ({}));
  for (let t = 1; t <= steps; t += 1) {
    const slopes = gradient(points.at(-1));
    const moved = points.at(-1).map((weight, axis) =>
      rule({ weight, slope: slopes[axis], memory: memories[axis], rate, t }),
    );
    const point = moved.map(({ weight }) => weight);
    if (!point.every((value) => Math.abs(value) < BEYOND)) break;
    memories = moved.map(({ memory }) => memory);
    points.push(point);
  }
  return points;
}
