/**
 * Scales: EfficientNet-B0 made deeper and wider, and what it costs on an image of any size.
 */

/** B0, a row a stage: expansion, kernel, stride of the first block, channels, blocks. */
export const BASELINE = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];
const CLASSES = 1000;

/** The nearest multiple of eight, but not less than nine tenths of the value. */
export function makeDivisible(value) {
  const nearest = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return nearest < 0.9 * value ? nearest + 8 : nearest;
}

/** The stages with their channels and blocks multiplied and rounded. */
export const scaled = (width, depth) =>
  BASELINE.map(([expansion, kernel, stride, channels, blocks]) => ({
    expansion, kernel, stride,
    channels: makeDivisible(channels * width),
    blocks: Math.ceil(blocks * depth),
  }));

/** The layers of one block, each [in, out, kernel, stride, groups]; the gate sees one pixel. */
function block(channels, out, kernel, stride, expansion) {
  const wide = makeDivisible(channels * expansion);
  const squeezed = Math.max(1, Math.floor(channels / 4));
  const expand = wide === channels ? [] : [[channels, wide, 1, 1, 1]];
  return {
    layers: [...expand, [wide, wide, kernel, stride, wide], [wide, out, 1, 1, 1]],
    gate: { held: 2 * wide * squeezed + squeezed + wide, products: 2 * wide * squeezed },
  };
}

/** Every layer in order, and the gates. */
function network(width, depth) {
  let channels = makeDivisible(32 * width);
  const layers = [[3, channels, 3, 2, 1]];
  const gates = [];
  for (const { expansion, kernel, stride, channels: out, blocks } of scaled(width, depth)) {
    for (let each = 0; each < blocks; each += 1) {
      const made = block(channels, out, kernel, each ? 1 : stride, expansion);
      layers.push(...made.layers);
      gates.push(made.gate);
      channels = out;
    }
  }
  layers.push([channels, 4 * channels, 1, 1, 1]);
  return { layers, gates, last: 4 * channels };
}

/** Parameters and multiply-adds of a scaled network on an image of pixels × pixels. */
export function costs(width, depth, pixels) {
  const { layers, gates, last } = network(width, depth);
  let side = pixels;
  let parameters = (last + 1) * CLASSES;
  let multiplyAdds = last * CLASSES;
  for (const [channels, out, kernel, stride, groups] of layers) {
    const weights = (channels / groups) * out * kernel ** 2;
    side = Math.floor((side - 1) / stride) + 1;
    parameters += weights + 2 * out; // two for each channel of the normalization
    multiplyAdds += weights * side ** 2;
  }
  for (const { held, products } of gates) {
    parameters += held;
    multiplyAdds += products;
  }
  return { parameters, multiplyAdds };
}

/** What the rule of thumb says of the multiply-adds: d · w² · r². */
export const predicted = (width, depth, resolution) => depth * width ** 2 * resolution ** 2;
