/**
 * Anchors: which of them stand for which object of a scene, by three rules.
 *
 * The scenes come from the page, as JSON; `matcher` computes.
 */

import { choice, el, slider, toggle } from "dlcourse/kit";
import {
  IGNORED, baseAnchors, gridAnchors, match, matchBest, matchOne, overlaps, responsible,
} from "dlcourse/matcher";

const START = { from: "anchors", rule: "Faster R-CNN", stride: "16", scale: 24, high: 50, low: 30 };
const RATIOS = { "1": [1], "½, 1, 2": [0.5, 1, 2] };
const RULES = {
  "threshold only": ({ table, high, low }) => match(table, high, low),
  "Faster R-CNN": ({ table, high, low }) => match(table, high, low, true),
  SSD: ({ table, high }) => matchBest(table, high),
  YOLO: ({ table, high, boxes, base, grid, step }) =>
    matchOne(table, responsible(boxes, base, grid, step), high),
};

/** All that is drawn, worked out from the state. */
function view(state, scenes) {
  const { src, size, boxes, names } = scenes[state.scene];
  const step = Number(state.stride);
  const grid = [size / step, size / step];
  const base = baseAnchors([state.scale], RATIOS[state.ratios]);
  const anchors = gridAnchors(grid, step, base);
  const table = overlaps(boxes, anchors);
  const [high, low] = [state.high / 100, Math.min(state.low, state.high) / 100];
  const told = { table, high, low, boxes, base, grid, step };
  return { ...state, ...told, src, size, names, anchors, answer: RULES[state.rule](told) };
}

/** Build an element of a drawing. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

const rectangle = ([x, y, right, bottom], data) =>
  svg("rect", { x, y, width: right - x, height: bottom - y, ...data });

/** The scene, its objects, and the anchors that are no background. */
function sceneBoard() {
  const image = svg("image", { "image-rendering": "pixelated" });
  const layers = ["centres", "ignored", "positive", "truths"].map((name) =>
    svg("g", { "data-layer": name }),
  );
  const drawing = svg("svg", { role: "img" }, image, ...layers);
  const element = el("div", { class: "anchors-scene" }, drawing);
  const draw = ({ src, size, step, boxes, names, anchors, answer, only }) => {
    drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
    drawing.setAttribute("aria-label", `a scene with ${names.join(", ")} and the anchors`);
    Object.entries({ href: src, width: size, height: size }).forEach((pair) =>
      image.setAttribute(...pair),
    );
    const [centres, ignored, positive, truths] = layers;
    const shown = (truth) => only < 0 || truth === only;
    const middles = gridAnchors([size / step, size / step], step, [[0, 0, 0, 0]]);
    const dots = middles.map(([cx, cy]) => svg("circle", { cx, cy, r: 0.6 }));
    centres.replaceChildren(...dots);
    const those = (keep) => anchors.filter((_, at) => keep(answer[at]));
    ignored.replaceChildren(...those((truth) => truth === IGNORED).map((box) => rectangle(box, {})));
    positive.replaceChildren(
      ...anchors.flatMap((box, at) =>
        answer[at] >= 0 && shown(answer[at]) ? [rectangle(box, { "data-truth": answer[at] })] : [],
      ),
    );
    truths.replaceChildren(
      ...boxes.flatMap((box, at) => (shown(at) ? [rectangle(box, { "data-truth": at })] : [])),
    );
  };
  return { element, draw };
}

/** A row for each object: its best IoU and how many anchors it has. */
function objectTable() {
  const head = (text) => el("th", { scope: "col" }, text);
  const body = el("tbody");
  const titles = el("tr", {}, head("object"), head("best IoU"), head("anchors"));
  const element = el("table", { class: "anchors-objects" }, el("thead", {}, titles), body);
  const draw = ({ names, table, answer }) => {
    const rows = names.map((name, at) => {
      const count = answer.filter((truth) => truth === at).length;
      const cells = [Math.max(...table[at]).toFixed(2), count || "none"];
      const label = el("th", { scope: "row", "data-truth": at }, name);
      return el("tr", {}, label, ...cells.map((text) => el("td", {}, `${text}`)));
    });
    body.replaceChildren(...rows);
  };
  return { element, draw };
}

/** How many anchors see an object, see nothing, or are left out. */
function tally() {
  const element = el("p", { class: "anchors-tally", role: "status" });
  const draw = ({ answer }) => {
    const positive = answer.filter((truth) => truth >= 0).length;
    const ignored = answer.filter((truth) => truth === IGNORED).length;
    const background = answer.length - positive - ignored;
    element.textContent =
      `${answer.length} anchors: ${positive} positive, ${ignored} ignored, ${background} background`;
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start `from`, the id of the element that holds the scenes as JSON, by name: each
 *   with `src`, `size`, `boxes` and `names`; and the settings to begin with
 */
export function figure(start) {
  const { from, ...settings } = { ...START, ...start };
  const scenes = JSON.parse(document.getElementById(from).textContent);
  let state = { scene: Object.keys(scenes)[0], ratios: "½, 1, 2", only: -1, ...settings };
  const everything = "all objects";
  const objects = () => scenes[state.scene].names;
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state, scenes);
    parts.forEach((part) => part.draw(now));
  };
  const place = el("div", { class: "anchors-show" });
  // The list of objects is that of the scene, so another scene needs another list.
  const fill = () => {
    const pick = (name) => change({ only: objects().indexOf(name) });
    const list = choice("show", [everything, ...objects()], pick);
    list.show(everything);
    place.replaceChildren(list.element);
  };
  const controls = {
    scene: choice("scene", Object.keys(scenes), (scene) => {
      change({ scene, only: -1 });
      fill();
    }),
    stride: choice("stride, pixels", ["8", "16", "32"], (stride) => change({ stride })),
    ratios: choice("ratios h / w", Object.keys(RATIOS), (ratios) => change({ ratios })),
    scale: slider("scale, pixels", [8, 64], (scale) => change({ scale })),
    high: slider("high, %", [5, 95], (high) => change({ high })),
    low: slider("low, %", [0, 95], (low) => change({ low })),
  };
  const rules = toggle("rule", Object.keys(RULES), (rule) => change({ rule }));
  const shown = {
    draw(now) {
      Object.entries(controls).forEach(([name, control]) => control.show(now[name] ?? state[name]));
      ["high", "low"].forEach((name) => controls[name].show(state[name]));
      rules.show(now.rule);
      controls.low.element.hidden = !["threshold only", "Faster R-CNN"].includes(now.rule);
    },
  };
  const [board, list, counts] = [sceneBoard(), objectTable(), tally()];
  const parts = [shown, board, list, counts];

  fill();
  change({});
  const row = (...names) => names.map((name) => controls[name].element);
  const choices = el("div", { class: "playable-choices" }, ...row("scene", "stride", "ratios"), place);
  const sliders = el("div", { class: "playable-sliders" }, ...row("scale", "high", "low"));
  const side = el("div", { class: "anchors-side" }, list.element, counts.element);
  const boards = el("div", { class: "anchors-boards" }, board.element, side);
  return el("div", { class: "playable-anchors" }, rules.element, choices, sliders, boards);
}
