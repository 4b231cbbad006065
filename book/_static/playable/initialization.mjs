/**
 * Initialization: the scale of the weights, and what a hundred layers make of it.
 *
 * Here are the state and what changes it; `signals` computes and `chart` draws.
 */

import { chart } from "dlcourse/chart";
import { choice, el, toggle } from "dlcourse/kit";
import { ACTIVATIONS, predictSignals } from "dlcourse/signals";

const DEPTH = 100;
const EXPONENTS = [-1, 1.2];
const STEPS = 50; // of the slider, from one power of ten to the next

/** The scales of well-known starts, for layers of 128 units where the rule does not know them. */
export const SCALES = {
  "normal, std 0.01": 0.01 * Math.sqrt(128),
  "torch's default": 1 / Math.sqrt(3),
  Xavier: 1,
  Kaiming: Math.SQRT2,
  "normal, std 1": Math.sqrt(128),
};
const START = { activation: "relu", scale: SCALES.Kaiming };

const close = (a, b) => Math.abs(a - b) < 1e-9;
const nameOf = (scale) => Object.keys(SCALES).find((name) => close(SCALES[name], scale));

const raised = (exponent) =>
  String(exponent).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));

/** Write a positive number with two digits, as a power of ten where it is far from 1. */
function short(value) {
  const exponent = Math.floor(Math.log10(value));
  if (exponent >= -3 && exponent < 3) return Number(value.toPrecision(2)).toString();
  return `${(value / 10 ** exponent).toFixed(1)} · 10${raised(exponent)}`;
}

/** A slider over powers of ten. */
function scaleSlider(onChange) {
  const value = el("span", { "aria-hidden": "true" });
  const [min, max] = EXPONENTS.map((exponent) => exponent * STEPS);
  const input = el("input", {
    type: "range", min, max, step: 1, "aria-label": "scale of the weights",
    oninput: () => onChange(10 ** (input.valueAsNumber / STEPS)),
  });
  const name = el("span", {}, "scale of the weights, σ√n");
  const element = el("label", { class: "playable-slider" }, name, value, input);
  const draw = ({ scale }) => {
    input.value = Math.round(STEPS * Math.log10(scale));
    value.textContent = scale.toFixed(2);
    input.setAttribute("aria-valuetext", value.textContent);
  };
  return { element, draw };
}

/** Outputs and gradients over the layers. */
function layersChart() {
  const powers = [-30, -20, -10, 0, 10, 20, 30];
  const up = {
    range: [-30, 30],
    ticks: Object.fromEntries(powers.map((power) => [power ? `10${raised(power)}` : "1", power])),
  };
  const across = { range: [1, DEPTH], name: "layer", ticks: { 1: 1, 50: 50, 100: 100 } };
  const { element, show } = chart("Size of outputs and gradients by layer.", across, up);
  const curve = (kind, name, stds) => ({
    kind, name, points: stds.map((std, index) => [index + 1, Math.log10(std)]),
  });
  const draw = ({ forward, backward }) =>
    show([
      curve("value", "std of the outputs →", forward),
      curve("slope", "← std of the gradients", backward),
    ]);
  return { element, draw };
}

/** Where the sums of the last layer lie, and the slope they find there. */
function sumsChart() {
  const across = {
    range: [-6, 6], name: `sum z in layer ${DEPTH}`, ticks: { "−6": -6, 0: 0, 6: 6 },
  };
  const up = { range: [0, 1.05], ticks: { 0: 0, 1: 1 } };
  const { element, show } = chart("Spread of the sums, and the slope.", across, up);
  const inside = (x) => Math.max(-1000, Math.min(x, 1000));
  const units = Array.from({ length: 161 }, (_, index) => (index - 80) / 20);
  const draw = ({ sums, activation }) => {
    const spread = Math.max(0.02, sums.at(-1)); // a line, where the true hill has no width
    const hill = units.map((unit) => [inside(spread * unit), Math.exp((-unit * unit) / 2)]);
    const slope = Array.from({ length: 601 }, (_, index) => (index - 300) / 50);
    show([
      { kind: "area", name: "how often z occurs", points: hill },
      {
        kind: "slope",
        name: `slope of ${activation}`,
        points: slope.map((z) => [z, ACTIVATIONS[activation].slope(z)]),
      },
    ]);
  };
  return { element, draw };
}

/** The ends of both curves, in words. */
function summary() {
  const element = el("p", { class: "playable-size", role: "status" });
  const draw = ({ forward, backward, factors }) => {
    const parts = [
      `Outputs of layer ${DEPTH}: ${short(forward.at(-1))}.`,
      `Gradient at layer 1: ${short(backward[0])}.`,
      `The last layer multiplies it by ${factors.at(-1).toFixed(3)}.`,
    ];
    element.replaceChildren(...parts.map((part) => el("span", {}, part)));
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { activation: "tanh" }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = { ...state, ...predictSignals(DEPTH, state.scale, ACTIVATIONS[state.activation]) };
    parts.forEach((part) => part.draw(now));
  };
  const starts = choice("start", Object.keys(SCALES), (name) => change({ scale: SCALES[name] }));
  const activations = toggle("activation", Object.keys(ACTIVATIONS), (activation) =>
    change({ activation }),
  );
  const shown = {
    draw({ scale, activation }) {
      starts.show(nameOf(scale));
      activations.show(activation);
    },
  };
  const scale = scaleSlider((value) => change({ scale: value }));
  const [layers, sums, words] = [layersChart(), sumsChart(), summary()];
  const parts = [shown, scale, layers, sums, words];

  change({});
  const choices = el("div", { class: "playable-choices" }, starts.element, activations.element);
  const ranges = el("div", { class: "playable-sliders" }, scale.element);
  const charts = el("div", { class: "playable-charts" }, layers.element, sums.element);
  return el("div", {}, choices, ranges, charts, words.element);
}
