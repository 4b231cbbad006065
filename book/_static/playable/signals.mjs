/**
 * Signals: how large outputs and gradients are in a deep network of wide layers, layer by layer.
 *
 * The arithmetic of dlcourse.nn.initialization.predict_signals, which says why it holds.
 */

const FARTHEST = 8;
const POINTS = 4000;

const sigmoid = (x) => (1 + Math.tanh(x / 2)) / 2;

/** Each activation with its slope, under torch's names and with torch's settings. */
export const ACTIVATIONS = {
  sigmoid: { value: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)) },
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  relu: { value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  leaky_relu: { value: (x) => (x > 0 ? x : 0.01 * x), slope: (x) => (x > 0 ? 1 : 0.01) },
  elu: { value: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)) },
};

const places = Array.from(
  { length: POINTS },
  (_, index) => FARTHEST * ((2 * index) / (POINTS - 1) - 1),
);
const densities = places.map((z) => Math.exp((-z * z) / 2));
const total = densities.reduce((sum, density) => sum + density);

/** The mean of f(z), z normal. */
const mean = (f) => places.reduce((sum, z, index) => sum + f(z) * densities[index], 0) / total;

/**
 * Standard deviations, one a layer: of its sums, its outputs, and the gradient by its outputs.
 * @param {number} depth
 * @param {number} scale of the weights: their standard deviation times the root of fan in
 * @param {{ value: (x: number) => number, slope: (x: number) => number }} activation
 */
export function predictSignals(depth, scale, { value, slope }) {
  const [sums, forward, factors] = [[], [], []];
  let size = scale;
  for (let layer = 0; layer < depth; layer += 1) {
    const power = mean((z) => value(size * z) ** 2);
    sums.push(size);
    forward.push(Math.sqrt(Math.max(0, power - mean((z) => value(size * z)) ** 2)));
    factors.push(scale * Math.sqrt(mean((z) => slope(size * z) ** 2)));
    size = scale * Math.sqrt(power);
  }
  const backward = Array(depth).fill(1);
  for (let layer = depth - 2; layer >= 0; layer -= 1) {
    backward[layer] = backward[layer + 1] * factors[layer + 1];
  }
  return { sums, forward, backward, factors };
}
