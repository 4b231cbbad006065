/**
 * Verification: two histograms of distances, and what a threshold between them decides.
 *
 * Here are the state and its drawing; `acceptance` computes.
 */

import {
  decided, equalErrorRate, errorRates, falseAlarmRate, roc, shares, tarAtFar,
} from "dlcourse/acceptance";
import { chart } from "dlcourse/chart";
import { choice, el, slider } from "dlcourse/kit";

const TOP = 400; // no two points of a sphere of radius 1 are further apart
const BINS = 40;
/** Twelve pairs, for a figure that the page tells nothing. */
const FEW = { same: [20, 35, 60, 90, 140], different: [80, 130, 150, 180, 200, 220, 260] };
const START = { from: "", threshold: 60, people: 1 };
const UNIT = { range: [0, 1.04], ticks: { 0: 0, 0.5: 0.5, 1: 1 } };

/** What is read off the curve of a set of distances, once. */
const measured = (distances) => {
  const points = roc(distances);
  return { distances, points, equal: equalErrorRate(points), strict: tarAtFar(points, 0.01) };
};

/** All that is drawn, worked out from the state. */
function view(state, sets) {
  const set = sets[state.set];
  const counts = decided(set.distances, state.threshold);
  return { ...state, ...set, counts, rates: errorRates(counts) };
}

/** The edge of a histogram between two places, as points. */
function outline(heights, from, to) {
  const width = TOP / BINS;
  const inside = (x) => Math.max(from, Math.min(x, to));
  const top = heights.flatMap((height, bin) => [
    [inside(bin * width), height],
    [inside((bin + 1) * width), height],
  ]);
  return [[from, 0], ...top.filter(([x], at) => x !== top[at ^ 1][0]), [to, 0]];
}

/** Pairs of one person above the line and of two below, each cut in two by the threshold. */
function histogram() {
  const ticks = { 0: 0, 1: 100, 2: 200, 3: 300, 4: TOP };
  const across = { range: [0, TOP], name: "squared distance", ticks };
  const label = "Histograms of the distances.";
  const { element, show } = chart(label, across, { range: [-1, 1], ticks: {} });
  const draw = ({ distances, threshold, counts }) => {
    const heights = [distances.same, distances.different].map((each) => shares(each, BINS, TOP));
    const [above, below] = heights.map((each) => each.map((share) => share / Math.max(...each)));
    const down = below.map((height) => -height);
    const part = (kind, name, bins, from, to) => ({
      kind, name: `${name} ${counts[kind]}`, points: outline(bins, from, to),
    });
    show([
      part("TP", "TA", above, 0, threshold),
      part("FN", "FR", above, threshold, TOP),
      part("FP", "FA", down, 0, threshold),
      part("TN", "TR", down, threshold, TOP),
      { kind: "cut", name: "threshold", points: [[threshold, -1], [threshold, 1]] },
    ]);
  };
  return { element, draw };
}

/** The ROC curve, the line on which both errors are equal, and the point of this threshold. */
function curve() {
  const across = { ...UNIT, name: "FAR →" };
  const { element, show } = chart("True against false accept rate.", across, UNIT);
  const draw = ({ points, rates }) => {
    const [far, frr] = [rates.FAR, rates.FRR].map(([above, below]) => above / below);
    const here = [far, 1 - frr];
    show([
      { kind: "chance", name: "FAR = FRR", points: [[0, 1], [1, 0]] },
      { kind: "value", name: "↑ TAR", points },
      { kind: "here", name: "here", points: [here, here] },
    ]);
  };
  return { element, draw };
}

/** The rates in numbers. */
function numbers() {
  const element = el("dl", { class: "playable-measures", "aria-live": "polite" });
  const quotient = ([above, below]) => `${above}/${below} = ${(above / below).toFixed(3)}`;
  const draw = ({ rates, equal, strict, people }) => {
    const far = rates.FAR[0] / rates.FAR[1];
    const pairs = {
      FAR: quotient(rates.FAR),
      FRR: quotient(rates.FRR),
      "strangers named": falseAlarmRate(far, people).toFixed(3),
      EER: equal.toFixed(3),
      "TAR at FAR 0.01": strict.toFixed(3),
    };
    element.replaceChildren(
      ...Object.entries(pairs).flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]),
    );
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start `from`, the id of an element that holds sets of distances as JSON, by name,
 *   in hundredths; the threshold in hundredths, and the people in the gallery to begin with
 */
export function figure(start) {
  const { from, threshold, people } = { ...START, ...start };
  const told = from ? JSON.parse(document.getElementById(from).textContent) : { "twelve pairs": FEW };
  const sets = Object.fromEntries(Object.entries(told).map(([name, set]) => [name, measured(set)]));
  let state = { set: Object.keys(sets)[0], threshold, people };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state, sets);
    parts.forEach((part) => part.draw(now));
  };
  const choices = choice("distances of", Object.keys(sets), (set) => change({ set }));
  const cut = slider("threshold, hundredths", [0, TOP], (value) => change({ threshold: value }));
  const size = slider("people in the gallery", [1, 200], (value) => change({ people: value }));
  const shown = {
    draw(now) {
      choices.show(now.set);
      cut.show(now.threshold);
      size.show(now.people);
    },
  };
  const [bars, line, list] = [histogram(), curve(), numbers()];
  const parts = [shown, bars, line, list];

  change({});
  const controls = [choices, cut, size].map(({ element }) => element);
  const figures = el("div", { class: "playable-numbers" }, list.element);
  const panels = el("div", { class: "playable-charts" }, bars.element, line.element, figures);
  const sliders = el("div", { class: "playable-sliders" }, ...controls);
  return el("div", { class: "playable-threshold" }, sliders, panels);
}
