/**
 * Focal: the loss of one anchor, and how all anchors divide it.
 *
 * Here are the state and its drawing; `imbalance` computes.
 */

import { chart } from "dlcourse/chart";
import { el, slider } from "dlcourse/kit";
import { logit, lossAt, shares, spread } from "dlcourse/imbalance";

const OBJECTS = 10;
const BACKGROUND = 10000;
const START = { gamma: 20, alpha: 25, sure: 99 };
const KNOBS = {
  gamma: ["gamma, tenths", [0, 50]],
  alpha: ["alpha, %", [0, 100]],
  sure: ["background, %", [50, 99]],
};
const PARTS = { objects: "objects", hard: "hard background", easy: "easy background" };

/** All that is drawn, worked out from the state. */
function view(state) {
  const [gamma, alpha] = [state.gamma / 10, state.alpha / 100];
  const scores = {
    objects: spread(OBJECTS, 0),
    background: spread(BACKGROUND, -logit(state.sure / 100)),
  };
  const cross = shares(scores, 0.5, 0);
  return { ...state, gamma, alpha, cross, focal: shares(scores, alpha, gamma) };
}

/** The loss against the probability of the right answer, for both answers. */
function curves() {
  const across = { range: [0, 1], name: "p_t →", ticks: { 0: 0, 0.5: 0.5, 1: 1 } };
  const up = { range: [0, 3], ticks: { 0: 0, 1: 1, 2: 2, 3: 3 } };
  const { element, show } = chart("The loss of one anchor against p_t.", across, up);
  const places = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
  const curve = (kind, name, weight, gamma) => {
    const points = places.map((p) => [p, lossAt(p, weight, gamma)]);
    return { kind, name, points: points.filter(([, y]) => y <= up.range[1]) };
  };
  const draw = ({ alpha, gamma }) =>
    show([
      curve("cross", "cross-entropy", 1, 0),
      curve("objects", "object", alpha, gamma),
      curve("easy", "background", 1 - alpha, gamma),
    ]);
  return { element, draw };
}

/** How one loss is divided: a bar of three parts, and their shares in percent. */
function bar(title, key) {
  const pieces = Object.keys(PARTS).map((kind) => el("i", { "data-kind": kind }));
  const numbers = Object.entries(PARTS).map(([kind, name]) => {
    const value = el("output", { name: `${key} ${kind}` });
    return { value, line: el("span", { "data-kind": kind }, `${name} `, value, " %") };
  });
  const row = el("div", { class: "focal-bar", "aria-hidden": "true" }, ...pieces);
  const told = el("div", { class: "focal-key" }, ...numbers.map(({ line }) => line));
  const element = el("div", {}, el("p", { class: "playable-title" }, title), row, told);
  const draw = (now) =>
    now[key].forEach((share, part) => {
      pieces[part].style.flexGrow = share;
      numbers[part].value.textContent = (100 * share).toFixed(1);
    });
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start gamma in tenths, alpha and the background's middle p_t in percent
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
    for (const [name, knob] of Object.entries(knobs)) knob.show(state[name]);
  };
  const knobs = Object.fromEntries(
    Object.entries(KNOBS).map(([name, [label, range]]) => [
      name,
      slider(label, range, (value) => change({ [name]: value })),
    ]),
  );
  const bars = [bar("cross-entropy of all anchors", "cross"), bar("their focal loss", "focal")];
  const parts = [curves(), ...bars];

  change({});
  const [plot, ...rows] = parts.map(({ element }) => element);
  const controls = el("div", { class: "playable-sliders" });
  controls.append(...Object.values(knobs).map(({ element }) => element));
  const right = el("div", { class: "focal-bars" }, ...rows);
  const charts = el("div", { class: "playable-charts" }, plot, right);
  return el("div", { class: "playable-focal" }, controls, charts);
}
