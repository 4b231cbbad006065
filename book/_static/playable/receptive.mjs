/**
 * Receptive: a stack of three layers, and the cells of each level that one cell sees.
 *
 * Here are the state and what changes it; `stack` computes, `levels` draws.
 */

import { choice, el, slider, toggle } from "dlcourse/kit";
import { fieldLine, levelLinks, levelName, levelStrip } from "dlcourse/levels";
import { padded } from "dlcourse/side";
import { levelSizes, receptiveField, trace } from "dlcourse/stack";
import { strips } from "dlcourse/strips";

const layer = (stride, padding, dilation) => ({ kernel_size: 3, stride, padding, dilation });
const STACKS = {
  "three 3s": Array(3).fill(layer(1, 1, 1)),
  "stride 2 first": [layer(2, 1, 1), layer(1, 1, 1), layer(1, 1, 1)],
  "stride 2 each": Array(3).fill(layer(2, 1, 1)),
  "dilations 1, 2, 4": [1, 2, 4].map((rate) => layer(1, rate, rate)),
  "without padding": Array(3).fill(layer(1, 0, 1)),
};
const RANGES = { kernel_size: [1, 5], stride: [1, 3], padding: [0, 4], dilation: [1, 4] };
const NAMES = [1, 2, 3].map(levelName);
const START = { n: 12, layers: STACKS["three 3s"], edited: 0, level: 3, place: 5 };

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The cells of one level, with the padding that the layer above adds, each amid its field. */
function levelCells(size, layers, level) {
  const field = receptiveField(layers.slice(0, level));
  const amid = (cell) => field.start + cell * field.jump + (field.size - 1) / 2;
  const { padding } = layers[level] ?? { padding: 0 };
  return size ? padded(size, { padding }).map((cell) => ({ cell, at: amid(cell) })) : [];
}

/** All that is drawn, worked out from the state. */
function view(state) {
  const { n, layers } = state;
  const sizes = levelSizes(n, layers);
  const level = Math.min(state.level, sizes.filter(Boolean).length - 1);
  const place = Math.min(state.place, sizes[level] - 1);
  const seen = trace(n, layers.slice(0, level), place);
  const cells = sizes.map((size, index) => levelCells(size, layers, index));
  const places = cells.flat().map(({ at }) => at);
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const levels = cells.map((line) => line.map(({ cell, at }) => ({ cell, at: at - first })));
  return { ...state, sizes, level, place, seen, levels, columns: last - first + 1 };
}

/** The stack to start from, the layer to edit, its numbers. */
function controls(change, edit) {
  const stacks = choice("layers", Object.keys(STACKS), (name) => change({ layers: STACKS[name] }));
  const edited = toggle("layer to edit", NAMES, (name) => change({ edited: NAMES.indexOf(name) }));
  const length = slider("n", [6, 20], (n) => change({ n }));
  const sliders = Object.entries(RANGES).map(([name, range]) => [
    name,
    slider(name, range, (value) => edit({ [name]: value })),
  ]);
  const draw = (now) => {
    stacks.show(Object.keys(STACKS).find((name) => same(STACKS[name], now.layers)));
    edited.show(NAMES[now.edited]);
    length.show(now.n);
    for (const [name, { show }] of sliders) show(now.layers[now.edited][name]);
  };
  const choices = el("div", { class: "playable-choices" }, stacks.element, edited.element);
  const ranges = el("div", { class: "playable-sliders" }, length.element);
  ranges.append(...sliders.map(([, { element }]) => element));
  return { elements: [choices, ranges], draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { n: 20 }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const edit = (patch) => {
    const patched = (each, index) => (index === state.edited ? { ...each, ...patch } : each);
    change({ layers: state.layers.map(patched) });
  };
  const ask = (level, place) => change({ level, place });

  const knobs = controls(change, edit);
  const above = [3, 2, 1].flatMap((index) => [levelStrip(index, ask), levelLinks(index)]);
  const rows = [...above, levelStrip(0, ask)];
  const box = strips(...rows);
  const width = { draw: ({ columns }) => box.widen(columns) };
  const line = fieldLine();
  const parts = [knobs, ...rows, width, line];

  change({});
  return el("div", {}, ...knobs.elements, box.element, line.element);
}
