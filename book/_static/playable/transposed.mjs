/**
 * Transposed: every cell of a small input stamps the kernel onto a larger output, and stamps add up.
 *
 * Here are the state and what changes it; `stamps` computes, `canvas` draws.
 */

import { canvasBoard, numbersBoard, stampBoard, stampRow, tellSize } from "dlcourse/canvas";
import { choice, el, nameOf, replaced, slider, toggle, transport } from "dlcourse/kit";
import { canvas, outputSize, overlap, spanned, stamp } from "dlcourse/stamps";

const RANGES = { kernel_size: [1, 4], stride: [1, 2], padding: [0, 2], output_padding: [0, 1] };
const LARGEST = RANGES.kernel_size[1];
const SHOWN = ["sums", "overlap count"];

const filled = (value) => Array.from({ length: LARGEST }, () => Array(LARGEST).fill(value));

/** Kernels on a sheet of the largest size, so that one cut smaller can grow back. */
const KERNELS = {
  ones: filled(1),
  "one to sixteen": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]],
  tent: [[1, 2, 1, 0], [2, 4, 2, 0], [1, 2, 1, 0], [0, 0, 0, 0]],
};

const IMAGES = {
  "one to nine": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
  flat: [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
  "a dot": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
  "two by two": [[1, 2], [3, 4]],
};

const START = {
  image: IMAGES["two by two"],
  sheet: KERNELS.ones,
  shown: SHOWN[0],
  kernel_size: 3,
  stride: 2,
  padding: 0,
  output_padding: 0,
  step: 0,
};

/** All that is drawn, worked out from the state. */
function view(state) {
  const { image, sheet, kernel_size: size, stride, shown } = state;
  const kernel = sheet.slice(0, size).map((row) => row.slice(0, size));
  // A convolution of stride 1 never leaves a choice of sizes, so there is no padding to add.
  const settings = { ...state, output_padding: Math.min(state.output_padding, stride - 1) };
  const n = image.length;
  const step = Math.min(state.step, n * n - 1);
  const place = [Math.floor(step / n), step % n];
  const value = image[place[0]][place[1]];
  const count = shown === SHOWN[0] ? canvas : overlap;
  return {
    ...settings,
    kernel,
    step,
    place,
    value,
    stamped: stamp(value, kernel),
    cells: count(image, kernel, settings, step + 1),
    span: spanned(n, size, settings),
    output: outputSize(n, size, settings),
  };
}

/** The controls above the grids. */
function controls(change) {
  const images = choice("input", Object.keys(IMAGES), (name) =>
    change({ image: IMAGES[name], step: 0 }),
  );
  const kernels = choice("kernel", Object.keys(KERNELS), (name) =>
    change({ sheet: KERNELS[name] }),
  );
  const views = toggle("output shows", SHOWN, (shown) => change({ shown }));
  const sliders = Object.entries(RANGES).map(([name, range]) => [
    name,
    slider(name, range, (value) => change({ [name]: value })),
  ]);
  const draw = (now) => {
    images.show(nameOf(now.image, IMAGES));
    kernels.show(nameOf(now.sheet, KERNELS));
    views.show(now.shown);
    for (const [name, { show }] of sliders) show(now[name]);
  };
  const choices = el("div", { class: "playable-choices" });
  choices.append(images.element, kernels.element, views.element);
  const ranges = el("div", { class: "playable-sliders" });
  ranges.append(...sliders.map(([, { element }]) => element));
  return { elements: [choices, ranges], draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { padding: 1 }
 */
export function figure(start) {
  const first = { ...START, ...start };
  let state = first;
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const walk = (by) => {
    const count = state.image.flat().length;
    const step = (view(state).step + by + count) % count;
    change({ step });
    return step < count - 1;
  };

  const knobs = controls(change);
  const input = numbersBoard("input", (...cell) => change({ image: replaced(state.image, ...cell) }));
  const kernel = numbersBoard("kernel", (...cell) =>
    change({ sheet: replaced(state.sheet, ...cell) }),
  );
  const stamped = stampBoard();
  const output = canvasBoard();
  const steps = transport({
    back: () => walk(-1),
    step: () => walk(1),
    reset: () => change(first),
  });
  const boards = stampRow(input.element, kernel.element, stamped.element, output.element);
  const size = tellSize();
  const parts = [knobs, input, kernel, stamped, output, boards, size];

  change({});
  const below = [boards, steps, size].map(({ element }) => element);
  return el("div", {}, ...knobs.elements, ...below);
}
