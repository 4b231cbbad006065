/**
 * Padding: the windows of one layer along a line of cells, and the cells that none of them reads.
 */

import { sizeLine } from "dlcourse/equation";
import { el, slider } from "dlcourse/kit";
import { fallenOff, padded, readings, reads, windowCount } from "dlcourse/side";
import { bars, strip, strips } from "dlcourse/strips";

const RANGES = {
  n: [1, 12], kernel_size: [1, 5], stride: [1, 4], padding: [0, 3], dilation: [1, 3],
};
const START = { n: 8, kernel_size: 3, stride: 2, padding: 0, dilation: 1, place: 0 };

/** All that is drawn, worked out from the state; places count from the first cell of padding. */
function view(state) {
  const { n, padding } = state;
  const count = windowCount(n, state);
  const windows = Array.from({ length: count }, (_, place) =>
    reads(place, state).map((cell) => cell + padding),
  );
  const place = Math.max(0, Math.min(state.place, count - 1));
  return { ...state, windows, place, counts: readings(n, state), off: fallenOff(n, state) };
}

/** The input with its padding: how many windows read each cell, and which fall off. */
function inputStrip() {
  const { element, show } = strip("input");
  const draw = (now) => {
    const most = Math.max(1, ...now.counts);
    const cell = (index, at) => {
      const fallen = now.off.includes(index);
      const [value, outside] = [fallen ? -most : now.counts[at], index < 0 || index >= now.n];
      const selected = Boolean(now.windows[now.place]?.includes(at));
      return { at, text: `${now.counts[at]}`, value, most, outside, selected };
    };
    show(padded(now.n, now).map(cell));
  };
  return { element, draw };
}

/** The output, each cell below the middle of its window. */
function outputStrip(go) {
  const { element, show } = strip("output", go);
  const draw = ({ windows, place, padding }) =>
    show(
      windows.map((cells, index) => {
        const [first, last] = [cells[0], cells.at(-1)];
        const label = `output[${index}] reads ${cells.map((cell) => cell - padding).join(", ")}`;
        return { at: (first + last) / 2, text: `${index}`, label, selected: index === place };
      }),
    );
  return { element, draw };
}

/** In words, what lies beyond the last window. */
function remainder() {
  const element = el("p", { class: "playable-size", role: "status" });
  const cells = (count) => `${count} ${count === 1 ? "cell" : "cells"}`;
  const draw = ({ n, windows, off }) => {
    const image = off.filter((cell) => cell >= 0 && cell < n).length;
    const lost = `${cells(image)} of the input, ${off.length - image} of the padding`;
    element.textContent = windows.length ? `Beyond the last window: ${lost}.` : "";
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { padding: 1 }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const sliders = Object.entries(RANGES).map(([name, range]) => {
    const { element, show } = slider(name, range, (value) => change({ [name]: value }));
    return { element, draw: (now) => show(now[name]) };
  });
  const input = inputStrip();
  const output = outputStrip((place) => change({ place }));
  const windows = bars("windows");
  const box = strips(input, windows, output);
  const rule = sizeLine();
  const rest = remainder();
  const middle = {
    draw(now) {
      windows.show(now.windows, now.place);
      box.widen(now.n + 2 * now.padding);
    },
  };
  const size = {
    draw: (now) => rule.draw({ ...now, image: now.counts.slice(0, now.n), output: now.windows }),
  };
  const parts = [...sliders, input, middle, output, size, rest];

  change({});
  const knobs = el("div", { class: "playable-sliders" });
  knobs.append(...sliders.map(({ element }) => element));
  return el("div", {}, knobs, box.element, rule.element, rest.element);
}
