/**
 * Convolution: a kernel that slides over an image, with the sum at each place written out.
 *
 * Here are the state and what changes it; `windows` computes, `boards` and `equation` draw.
 */

import { boardRow, inputBoard, kernelBoard, outputBoard } from "dlcourse/boards";
import { equation, sizeLine } from "dlcourse/equation";
import { choice, el, nameOf, replaced, slider, stepped, toggle, transport } from "dlcourse/kit";
import { IMAGES, KERNELS } from "dlcourse/presets";
import { conv2d, products, turned } from "dlcourse/windows";

const RANGES = { kernel_size: [1, 4], stride: [1, 3], padding: [0, 2], dilation: [1, 3] };
const LARGEST = RANGES.kernel_size[1];
const OPERATIONS = ["cross-correlation", "convolution"];

/** The entries on a sheet of the largest size, so that a kernel cut smaller can grow back. */
const onSheet = (kernel) =>
  Array.from({ length: LARGEST }, (_, i) =>
    Array.from({ length: LARGEST }, (_, j) => kernel[i]?.[j] ?? 0),
  );

const START = {
  image: IMAGES["bright to dark"],
  sheet: onSheet(KERNELS["vertical edge (Prewitt)"]),
  operation: OPERATIONS[0],
  kernel_size: 3,
  stride: 1,
  padding: 0,
  dilation: 1,
  place: [0, 0],
};

/** All that is drawn, worked out from the state. */
function view(state) {
  const { image, sheet, kernel_size: size, operation } = state;
  const kernel = sheet.slice(0, size).map((row) => row.slice(0, size));
  const weights = operation === "convolution" ? turned(kernel) : kernel;
  const output = conv2d(image, weights, state);
  const place = state.place.map((index) => Math.max(0, Math.min(index, output.length - 1)));
  const window = output.length ? products(image, weights, state, place) : [];
  return { ...state, kernel, weights, output, place, window };
}

/** The controls above the grids. */
function controls(change) {
  const images = choice("input", Object.keys(IMAGES), (name) => change({ image: IMAGES[name] }));
  const kernels = choice("kernel", Object.keys(KERNELS), (name) =>
    change({ sheet: onSheet(KERNELS[name]), kernel_size: 3 }),
  );
  const operations = toggle("operation", OPERATIONS, (operation) => change({ operation }));
  const sliders = Object.entries(RANGES).map(([name, range]) => [
    name,
    slider(name, range, (value) => change({ [name]: value })),
  ]);
  const draw = (now) => {
    images.show(nameOf(now.image, IMAGES));
    kernels.show(nameOf(now.kernel, KERNELS));
    operations.show(now.operation);
    for (const [name, { show }] of sliders) show(now[name]);
  };
  const choices = el("div", { class: "playable-choices" });
  choices.append(images.element, kernels.element, operations.element);
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
    const { output } = view(state);
    const { place, last } = stepped(view(state).place, output.length, by);
    change({ place });
    return !last;
  };

  const knobs = controls(change);
  const input = inputBoard((...cell) => change({ image: replaced(state.image, ...cell) }));
  const kernel = kernelBoard((...cell) => change({ sheet: replaced(state.sheet, ...cell) }));
  const output = outputBoard((place) => change({ place }));
  const steps = transport({
    back: () => walk(-1),
    step: () => walk(1),
    reset: () => change(first),
  });
  const sums = equation();
  const size = sizeLine();
  const boards = boardRow(input.element, kernel.element, output.element);
  const parts = [knobs, input, kernel, output, boards, sums, size];
  parts.push({ draw: ({ output }) => steps.enable(output.length > 0) });

  change({});
  const below = [boards, steps, sums, size].map(({ element }) => element);
  return el("div", {}, ...knobs.elements, ...below);
}
