/**
 * Threshold: two histograms of scores, and what a threshold between them makes of everything.
 *
 * Here are the state and its drawing; `ranking` computes.
 */

import { chart } from "dlcourse/chart";
import { choice, el, slider } from "dlcourse/kit";
import { area, measures, outcomes, rocPoints, shares, stepPoints } from "dlcourse/ranking";

/** The twenty images of the notes: the scores of the six cars and of the others, in percent. */
const TWENTY = {
  positive: [76, 91, 12, 38, 24, 8],
  negative: [23, 1, 13, 45, 3, 11, 3, 9, 65, 7, 12, 10, 23, 46],
};
const START = { from: "", threshold: 50 };
const BINS = 20;
const UNIT = { range: [0, 1.04], ticks: { 0: 0, 0.5: 0.5, 1: 1 } };

/** All that is drawn, worked out from the state. */
function view(state, sets) {
  const scores = sets[state.set];
  const counts = outcomes(scores, state.threshold);
  return { ...state, scores, counts, quotients: measures(counts) };
}

/** Positives above the line and negatives below, each cut in two by the threshold. */
function histogram() {
  const ticks = { 0: 0, 25: 25, 50: 50, 75: 75, 100: 100 };
  const across = { range: [0, 100], name: "score, %", ticks };
  const { element, show } = chart("Histograms of the scores.", across, { range: [-1, 1], ticks: {} });
  const width = 100 / BINS;
  const outline = (heights, from, to) => {
    const inside = (x) => Math.max(from, Math.min(x, to));
    const top = heights.flatMap((height, bin) => [
      [inside(bin * width), height],
      [inside((bin + 1) * width), height],
    ]);
    return [[from, 0], ...top.filter(([x], at) => x !== top[at ^ 1][0]), [to, 0]];
  };
  const draw = ({ scores, threshold, counts }) => {
    const heights = [shares(scores.positive, BINS), shares(scores.negative, BINS)];
    const [above, below] = heights.map((each) => each.map((share) => share / Math.max(...each)));
    const down = below.map((height) => -height);
    const part = (kind, bins, from, to) => ({
      kind, name: `${kind} ${counts[kind]}`, points: outline(bins, from, to),
    });
    show([
      part("FN", above, 0, threshold),
      part("TP", above, threshold, 100),
      part("TN", down, 0, threshold),
      part("FP", down, threshold, 100),
      { kind: "cut", name: "threshold", points: [[threshold, -1], [threshold, 1]] },
    ]);
  };
  return { element, draw };
}

/** A curve of all thresholds in the unit square, with the point of this one on it. */
function curve(names, points, extra = []) {
  const [across, up, title] = names;
  const label = `${up} against ${across}.`;
  const { element, show } = chart(label, { ...UNIT, name: `${across} →` }, UNIT);
  const draw = ({ scores, quotients }) => {
    const places = points(scores);
    const name = `↑ ${up}, ${title} ${area(places).toFixed(3)}`;
    const point = [across, up].map((each) => quotients[each][0] / quotients[each][1]);
    const here = { kind: "here", name: "here", points: [point, point] };
    // Without a positive answer there is no precision, so no point.
    const marks = point.every(Number.isFinite) ? [here] : [];
    show([...extra, { kind: "value", name, points: places }, ...marks]);
  };
  return { element, draw };
}

/** The four counts: rows for what is, columns for what is answered. */
function matrix() {
  const kinds = ["TP", "FN", "FP", "TN"];
  const cells = Object.fromEntries(kinds.map((kind) => [kind, el("td", { "data-kind": kind })]));
  const head = (text, scope) => el("th", { scope }, text);
  const element = el(
    "table",
    { class: "playable-confusion" },
    el("tr", {}, el("td"), head("answered +", "col"), head("answered −", "col")),
    el("tr", {}, head("is +", "row"), cells.TP, cells.FN),
    el("tr", {}, head("is −", "row"), cells.FP, cells.TN),
  );
  const draw = ({ counts }) =>
    kinds.forEach((kind) => cells[kind].replaceChildren(el("small", {}, kind), ` ${counts[kind]}`));
  return { element, draw };
}

/** The measures as quotients of the counts. */
function quotientList() {
  const element = el("dl", { class: "playable-measures", "aria-live": "polite" });
  const written = ([above, below]) =>
    below ? `${above}/${below} = ${(above / below).toFixed(3)}` : `${above}/0, undefined`;
  const draw = ({ quotients }) => {
    const pairs = Object.entries(quotients);
    element.replaceChildren(
      ...pairs.flatMap(([name, pair]) => [el("dt", {}, name), el("dd", {}, written(pair))]),
    );
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start `from`, the id of an element that holds more scores as JSON, by name; and
 *   the threshold to begin with
 */
export function figure(start) {
  const { from, threshold } = { ...START, ...start };
  const told = from ? JSON.parse(document.getElementById(from).textContent) : {};
  const sets = { ...told, "the notes' twenty images": TWENTY };
  let state = { set: Object.keys(sets)[0], threshold };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state, sets);
    parts.forEach((part) => part.draw(now));
  };
  const choices = choice("scores", Object.keys(sets), (set) => change({ set }));
  const knob = slider("threshold, %", [0, 100], (value) => change({ threshold: value }));
  const shown = {
    draw(now) {
      choices.show(now.set);
      knob.show(now.threshold);
    },
  };
  const chance = { kind: "chance", name: "random", points: [[0, 0], [1, 1]] };
  const charts = [
    histogram(),
    curve(["false positive rate", "recall", "area"], rocPoints, [chance]),
    curve(["recall", "precision", "average"], stepPoints),
  ];
  const [table, list] = [matrix(), quotientList()];
  const parts = [shown, ...charts, table, list];

  change({});
  const [bars, ...curves] = charts.map(({ element }) => element);
  const controls = el("div", { class: "playable-sliders" }, choices.element, knob.element);
  const numbers = el("div", { class: "playable-numbers" }, table.element, list.element);
  const panels = el("div", { class: "playable-charts" }, bars, numbers, ...curves);
  return el("div", { class: "playable-threshold" }, controls, panels);
}
