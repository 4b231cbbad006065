/**
 * Boxes: drag two of them, or pull at their corners, and read how well they fit.
 *
 * Here are the state, its drawing and the hand; `overlap` computes.
 */

import { choice, el, nameOf } from "dlcourse/kit";
import { area, around, measures, moved, reshaped, shared } from "dlcourse/overlap";

const BOARD = [60, 36];
const PRESETS = {
  "half over": [[8, 8, 32, 28], [20, 8, 44, 28]],
  "near, apart": [[4, 8, 24, 28], [27, 8, 47, 28]],
  "far apart": [[2, 2, 14, 14], [44, 20, 58, 34]],
  "one inside, in the middle": [[8, 4, 40, 32], [16, 11, 32, 25]],
  "one inside, in a corner": [[8, 4, 40, 32], [8, 4, 24, 18]],
  "one area, other shape": [[16, 6, 40, 30], [10, 12, 46, 28]],
  equal: [[14, 8, 42, 28], [14, 8, 42, 28]],
};
const NAMES = ["A", "B"];
const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]];
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Build an element of a drawing. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

const set = (element, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));

const place = (rect, [x, y, right, bottom]) =>
  set(rect, { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) });

/** One box with its corners; `change` hears of the box that the hand makes. */
function handled(name, whereabouts, change) {
  let box, held;
  const rect = svg("rect", { "data-part": "box" });
  const letter = svg("text", { "data-part": "name" });
  letter.textContent = name;
  const corners = CORNERS.map((corner) =>
    svg("circle", { "data-part": "corner", "data-corner": corner.join("") }),
  );
  const group = svg("g", { "data-box": name, tabindex: 0, role: "group" }, rect, letter);
  const handles = svg("g", { "data-box": name, "aria-hidden": "true" }, ...corners);

  const take = (event) => {
    const at = corners.indexOf(event.target);
    held = { corner: CORNERS[at], from: whereabouts(event), box };
    event.currentTarget.setPointerCapture(event.pointerId);
    group.focus({ preventScroll: true });
    event.preventDefault();
  };
  const drag = (event) => {
    if (!held) return;
    const to = whereabouts(event);
    const by = to.map((value, axis) => Math.round(value - held.from[axis]));
    const ends = held.corner?.map((end, axis) => held.box[axis + 2 * end] + by[axis]);
    change(held.corner ? reshaped(held.box, held.corner, ends, BOARD) : moved(held.box, by, BOARD));
  };
  const release = () => (held = undefined);
  const onkeydown = (event) => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    const lower = [box[2] + by[0], box[3] + by[1]];
    change(event.shiftKey ? reshaped(box, [1, 1], lower, BOARD) : moved(box, by, BOARD));
  };
  for (const part of [group, handles]) {
    part.addEventListener("pointerdown", take);
    part.addEventListener("pointermove", drag);
    part.addEventListener("pointerup", release);
    part.addEventListener("pointercancel", release);
  }
  group.addEventListener("keydown", onkeydown);

  const show = (next) => {
    box = next;
    place(rect, box);
    set(letter, { x: box[0] + 1, y: box[1] + 3.6 });
    corners.forEach((circle, at) => {
      const [right, low] = CORNERS[at];
      set(circle, { cx: box[2 * right], cy: box[1 + 2 * low], r: 1 });
    });
    const told = `box ${name}: ${box.join(", ")}. Arrow keys move it, with shift they resize it.`;
    group.setAttribute("aria-label", told);
  };
  return { element: group, handles, show };
}

/** The plane with both boxes, what they share, and the frame around both. */
function plane(change) {
  const frame = svg("rect", { "data-part": "around" });
  const common = svg("rect", { "data-part": "shared" });
  const way = svg("line", { "data-part": "centres" });
  const drawing = svg("svg", { viewBox: `-1 -1 ${BOARD[0] + 2} ${BOARD[1] + 2}` });
  const whereabouts = ({ clientX, clientY }) => {
    const there = new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse());
    return [there.x, there.y];
  };
  const both = NAMES.map((name, at) => handled(name, whereabouts, (box) => change(at, box)));
  const edge = svg("rect", { "data-part": "board", width: BOARD[0], height: BOARD[1] });
  // The corners of either box lie above both, so that none is out of reach.
  const layers = ["element", "handles"].flatMap((layer) => both.map((each) => each[layer]));
  drawing.append(edge, frame, common, way, ...layers);
  const draw = ({ boxes }) => {
    both.forEach((each, at) => each.show(boxes[at]));
    place(frame, around(...boxes));
    place(common, shared(...boxes));
    const [[x1, y1], [x2, y2]] = boxes.map((box) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
    set(way, { x1, y1, x2, y2 });
    common.style.display = area(shared(...boxes)) ? "" : "none";
  };
  return { element: el("div", { class: "boxes-plane" }, drawing), draw };
}

/** The four measures, each with a bar from -1 to 1. */
function measureList() {
  const element = el("dl", { class: "boxes-measures" });
  const written = (value) => value.toFixed(3).replace("-", "−").replace(/^−(0\.000)$/, "$1");
  const row = ([name, value]) => {
    const [from, to] = [Math.min(0, value), Math.max(0, value)];
    const style = `left: ${50 * (1 + from)}%; width: ${50 * (to - from)}%`;
    const bar = el("span", { class: "boxes-bar", "aria-hidden": "true" }, el("span", { style }));
    return [el("dt", {}, name), el("dd", { "data-measure": name }, written(value)), bar];
  };
  const draw = ({ found: { IoU, GIoU, DIoU, CIoU } }) =>
    element.replaceChildren(...Object.entries({ IoU, GIoU, DIoU, CIoU }).flatMap(row));
  return { element, draw };
}

/** The ratio in numbers. */
function equation() {
  const element = el("p", { class: "boxes-equation", role: "status" });
  const draw = ({ found: { intersection, union, IoU } }) => {
    element.textContent = `IoU = ${intersection} / ${union} = ${IoU.toFixed(3)}`;
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start `preset`, the name of the pair to begin with
 */
export function figure(start) {
  let boxes = PRESETS[start.preset ?? "half over"];
  const parts = [];
  const change = (next) => {
    boxes = next;
    const now = { boxes, found: measures(...boxes) };
    parts.forEach((part) => part.draw(now));
  };
  const preset = choice("boxes", Object.keys(PRESETS), (name) => change(PRESETS[name]));
  const list = { draw: () => preset.show(nameOf(boxes, PRESETS)) };
  const board = plane((at, box) => change(boxes.map((old, other) => (other === at ? box : old))));
  const [ratio, bars] = [equation(), measureList()];
  parts.push(list, board, ratio, bars);

  change(boxes);
  const side = el("div", { class: "boxes-side" }, preset.element, ratio.element, bars.element);
  return el("div", { class: "playable-boxes" }, board.element, side);
}
