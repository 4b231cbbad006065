/**
 * Axes: a block of samples, channels and places, and the cells that a normalization averages.
 *
 * Here are the state and its drawing; `moments` computes.
 */

import { grid, peak, tint, write } from "dlcourse/grid";
import { choice, el, format, toggle } from "dlcourse/kit";
import { NORMS, normalize, part, partMoments } from "dlcourse/moments";

const SAMPLES = 4;
const CHANNELS = 6;
const PLACES = 4;
const GROUPS = ["1", "2", "3", "6"];
const VIEWS = ["values", "normalized"];

/** Digits of π, so without any order, on levels that differ by channel and by sample. */
const DIGITS =
  "314159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211";
const BLOCK = Array.from({ length: SAMPLES }, (_, sample) =>
  Array.from({ length: CHANNELS }, (_, channel) =>
    Array.from({ length: PLACES }, (_, place) => {
      const at = (sample * CHANNELS + channel) * PLACES + place;
      return 1 + Number(DIGITS[at]) + 6 * (channel % 3) + 4 * sample;
    }),
  ),
);

const START = { norm: "batch", num_groups: 2, view: "values", cell: [1, 2, 0] };

/** All that is drawn, worked out from the state. */
function view(state) {
  const { norm, num_groups: groups, cell } = state;
  const name = (at) => part(norm, at, CHANNELS / groups);
  const here = name(cell);
  const normal = normalize(BLOCK, norm, groups);
  const lit = (at) => name(at) === here;
  return { ...state, normal, lit, here, moments: partMoments(BLOCK, norm, groups)[here] };
}

/** Short enough for a cell, and no minus before a zero. */
const oneDecimal = (value) => (Math.round(10 * value) / 10 || 0).toFixed(1).replace("-", "−");

/** One sample: a row for each channel, a column for each place. */
function sampleBoard(sample, pick) {
  const board = grid(`sample ${sample}`);
  const draw = ({ view, normal, lit, cell }) => {
    const raw = view === "values";
    const rows = raw ? BLOCK[sample] : normal[sample];
    const most = peak((raw ? BLOCK : normal).flat());
    const make = (channel, place) => {
      const here = () => pick([sample, channel, place]);
      return el("button", { type: "button", onclick: here, onfocus: here });
    };
    const paint = (button, channel, place) => {
      const value = rows[channel][place];
      const text = raw ? format(value) : oneDecimal(value);
      const picked = String([sample, channel, place]) === String(cell);
      const together = lit([sample, channel]);
      write(button, text);
      const spoken = `sample ${sample}, channel ${channel}, place ${place}: ${text}`;
      button.setAttribute("aria-label", together ? `${spoken}, averaged` : spoken);
      button.parentElement.setAttribute("aria-selected", picked);
      button.parentElement.toggleAttribute("data-averaged", together);
      tint(button.parentElement, raw && !together ? 0 : value, most);
      if (picked) board.stopAt(channel, place);
    };
    board.show(`sample ${sample}`, [CHANNELS, PLACES], { make, paint });
  };
  return { element: board.element, draw };
}

/** What is averaged, and what becomes of the picked cell. */
function sentence() {
  const element = el("p", { class: "playable-size", role: "status" });
  const draw = ({ here, moments, cell: [sample, channel, place], normal }) => {
    const { count, mean, variance } = moments;
    const value = BLOCK[sample][channel][place];
    const parts = [
      `${here}: ${count} values,`,
      `mean ${format(mean)}, variance ${format(variance)};`,
      `the picked ${value} becomes`,
      `(${value} − ${format(mean)}) / √${format(variance)} = ${format(normal[sample][channel][place])}`,
    ];
    element.replaceChildren(...parts.map((text) => el("span", {}, text)));
  };
  return { element, draw };
}

/** The controls above the block. */
function controls(change) {
  const norms = toggle("normalization", NORMS, (norm) => change({ norm }));
  const groups = choice("num_groups", GROUPS, (text) => change({ num_groups: Number(text) }));
  const views = toggle("show", VIEWS, (view) => change({ view }));
  const draw = ({ norm, num_groups, view }) => {
    norms.show(norm);
    groups.show(String(num_groups));
    groups.element.hidden = norm !== "group";
    views.show(view);
  };
  const element = el("div", { class: "playable-choices" });
  element.append(norms.element, groups.element, views.element);
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { norm: "group" }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((each) => each.draw(now));
  };
  const knobs = controls(change);
  const samples = BLOCK.map((_, sample) => sampleBoard(sample, (cell) => change({ cell })));
  const words = sentence();
  const parts = [knobs, ...samples, words];

  const boards = el("div", { class: "playable-boards" });
  boards.style.setProperty("--columns", SAMPLES * PLACES);
  boards.append(...samples.map(({ element }) => element));
  change({});
  const element = el("div");
  element.append(knobs.element, boards, words.element);
  return element;
}
