/**
 * Surfaces: the functions of two variables of dlcourse.optim.optimizers, with their gradients.
 */

const bowl = {
  height: ([x, y]) => (x ** 2 + y ** 2) / 2,
  gradient: ([x, y]) => [x, y],
  start: [-1.8, 1.2],
  window: [-2.4, 2.4, -1.6, 1.6],
  lowest: 0,
};

const ravine = {
  height: ([x, y]) => (x ** 2 + 25 * y ** 2) / 2,
  gradient: ([x, y]) => [x, 25 * y],
  start: [-2, 0.6],
  window: [-2.4, 2.4, -1.6, 1.6],
  lowest: 0,
};

const saddle = {
  height: ([x, y]) => x ** 2 / 2 - y ** 2 / 2 + y ** 4 / 4,
  gradient: ([x, y]) => [x, y ** 3 - y],
  start: [-1.8, 0.01],
  window: [-2.4, 2.4, -1.6, 1.6],
  lowest: -0.25,
};

const rosenbrock = {
  height: ([x, y]) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
  gradient: ([x, y]) => [2 * (x - 1) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)],
  start: [-1.2, 1],
  window: [-2.1, 2.1, -0.8, 2],
  lowest: 0,
};

/** The three terms that Beale's function squares, and how each changes with x and y. */
const bealeTerms = ([x, y]) =>
  [1.5, 2.25, 2.625].map((constant, index) => {
    const n = index + 1;
    return { value: constant - x + x * y ** n, dx: y ** n - 1, dy: n * x * y ** index };
  });

const beale = {
  height: (point) => bealeTerms(point).reduce((sum, { value }) => sum + value ** 2, 0),
  gradient: (point) =>
    ["dx", "dy"].map((d) =>
      bealeTerms(point).reduce((sum, term) => sum + 2 * term.value * term[d], 0),
    ),
  start: [0.8, 1.5],
  window: [-0.9, 4.5, -1.4, 2.2],
  lowest: 0,
};

/** Each has the part to look at, [least x, greatest x, least y, greatest y], and a start. */
export const SURFACES = { bowl, ravine, saddle, rosenbrock, beale };
