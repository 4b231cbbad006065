/**
 * Suppression: a detector's whole heap of boxes on a scene, and what a threshold leaves of it.
 *
 * The scenes and the detections come from the page, as JSON; `greedy` computes.
 */

import { choice, el, slider, toggle } from "dlcourse/kit";
import { suppressed, tally } from "dlcourse/greedy";

const START = { from: "suppression", method: "hard", threshold: 50, sigma: 50, least: 30 };
const METHODS = { hard: "NMS", linear: "soft, linear", gaussian: "soft, Gaussian" };
const GROUPS = { false: "each class by itself", true: "all classes together" };

/** All that is drawn, worked out from the state. */
function view(state, scenes) {
  const scene = scenes[state.scene];
  const settings = { ...state, threshold: state.threshold / 100, sigma: state.sigma / 100 };
  const scores = suppressed(scene.found, settings);
  const shown = [...scores.keys()].filter((at) => scores[at] >= state.least / 100);
  const pick = (list) => shown.map((at) => list[at]);
  const kept = { boxes: pick(scene.found.boxes), labels: pick(scene.found.labels), scores: pick(scores) };
  return { ...state, ...scene, shown, kept, counts: tally(kept, scene.truths) };
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

/** The scene with the boxes that are left, and faintly those that are not. */
function sceneBoard() {
  const image = svg("image", { "image-rendering": "pixelated" });
  const [gone, left] = ["gone", "left"].map((name) => svg("g", { "data-layer": name }));
  const drawing = svg("svg", { role: "img" }, image, gone, left);
  const element = el("div", { class: "suppression-scene" }, drawing);
  const draw = ({ src, size, found, shown, kept }) => {
    drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
    const told = `a scene with ${kept.boxes.length} of ${found.boxes.length} boxes left`;
    drawing.setAttribute("aria-label", told);
    Object.entries({ href: src, width: size, height: size }).forEach((pair) =>
      image.setAttribute(...pair),
    );
    const others = [...found.boxes.keys()].filter((at) => !shown.includes(at));
    gone.replaceChildren(...others.map((at) => rectangle(found.boxes[at], {})));
    left.replaceChildren(
      ...kept.boxes.map((box, at) => rectangle(box, { "data-label": kept.labels[at] })),
    );
  };
  return { element, draw };
}

/** How many boxes are left, and what they are. */
function facts(names) {
  const element = el("dl", { class: "suppression-facts", "aria-live": "polite" });
  const legend = names.map((name, at) => el("span", { "data-label": at }, name));
  const draw = ({ found, kept, truths, counts }) => {
    const pairs = {
      "boxes left": `${kept.boxes.length} of ${found.boxes.length}`,
      "objects found": `${counts.found} of ${truths.boxes.length}`,
      "found again": counts.twice,
      "on nothing": counts.wrong,
    };
    element.replaceChildren(
      ...Object.entries(pairs).flatMap(([name, text]) => [
        el("dt", {}, name), el("dd", { "data-fact": name }, `${text}`),
      ]),
    );
  };
  const key = el("p", { class: "suppression-key" }, ...legend);
  return { element: el("div", {}, element, key), draw };
}

/**
 * The figure.
 * @param {Object} start `from`, the id of the element that holds the scenes as JSON, by name: each
 *   with `src`, `size`, `names` of the classes, `found` and `truths`; and the settings to begin with
 */
export function figure(start) {
  const { from, ...settings } = { ...START, ...start };
  const scenes = JSON.parse(document.getElementById(from).textContent);
  const [first] = Object.keys(scenes);
  let state = { scene: first, together: false, ...settings };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state, scenes);
    parts.forEach((part) => part.draw(now));
  };
  const keyOf = (names, name) => Object.keys(names).find((key) => names[key] === name);
  const controls = {
    scene: choice("scene", Object.keys(scenes), (scene) => change({ scene })),
    threshold: slider("IoU threshold, %", [0, 100], (threshold) => change({ threshold })),
    sigma: slider("sigma, %", [5, 100], (sigma) => change({ sigma })),
    least: slider("score at least, %", [5, 95], (least) => change({ least })),
  };
  const methods = toggle("method", Object.values(METHODS), (name) =>
    change({ method: keyOf(METHODS, name) }),
  );
  const groups = choice("boxes of", Object.values(GROUPS), (name) =>
    change({ together: keyOf(GROUPS, name) === "true" }),
  );
  const shown = {
    draw(now) {
      Object.entries(controls).forEach(([name, control]) => control.show(now[name]));
      methods.show(METHODS[now.method]);
      groups.show(GROUPS[now.together]);
      controls.threshold.element.hidden = now.method === "gaussian";
      controls.sigma.element.hidden = now.method !== "gaussian";
    },
  };
  const [board, list] = [sceneBoard(), facts(scenes[first].names)];
  const parts = [shown, board, list];

  change({});
  const { scene, threshold, sigma, least } = controls;
  const row = (...each) => each.map(({ element }) => element);
  const choices = el("div", { class: "playable-choices" }, ...row(scene, groups));
  const sliders = el("div", { class: "playable-sliders" }, ...row(threshold, sigma, least));
  const side = el("div", { class: "suppression-side" }, sliders, list.element);
  const boards = el("div", { class: "suppression-boards" }, board.element, side);
  return el("div", { class: "playable-suppression" }, methods.element, choices, boards);
}
