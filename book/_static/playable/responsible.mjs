/**
 * Responsible: drag two objects over a grid, and read what their cells should say.
 *
 * Here are the state, its drawing and the hand; `cells` computes.
 */

import { encoded } from "dlcourse/cells";
import { el, slider } from "dlcourse/kit";
import { moved, reshaped } from "dlcourse/overlap";

const BOARD = [60, 42];
const NAMES = ["A", "B"];
const BOXES = [[10, 5, 36, 33], [42, 21, 53, 37]];
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CODES = ["x", "y", "w", "h"];

/** Build an element of a drawing. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

const set = (element, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));

const place = (rect, [x, y, right, bottom]) =>
  set(rect, { x, y, width: right - x, height: bottom - y });

/** One object: its box, its centre and its name; `change` hears of the box that the hand makes. */
function object(name, whereabouts, change) {
  let box, held;
  const rect = svg("rect", { "data-part": "box" });
  const dot = svg("circle", { "data-part": "centre", r: 0.9 });
  const letter = svg("text", { "data-part": "name" });
  letter.textContent = name;
  const group = svg("g", { "data-box": name, tabindex: 0, role: "group" }, rect, dot, letter);
  const listen = (type, listener) => group.addEventListener(type, listener);

  listen("pointerdown", (event) => {
    held = { from: whereabouts(event), box };
    group.setPointerCapture(event.pointerId);
    group.focus({ preventScroll: true });
    event.preventDefault();
  });
  listen("pointermove", (event) => {
    if (!held) return;
    const by = whereabouts(event).map((to, axis) => Math.round(to - held.from[axis]));
    change(moved(held.box, by, BOARD));
  });
  for (const end of ["pointerup", "pointercancel"]) listen(end, () => (held = undefined));
  listen("keydown", (event) => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    const lower = [box[2] + by[0], box[3] + by[1]];
    change(event.shiftKey ? reshaped(box, [1, 1], lower, BOARD) : moved(box, by, BOARD));
  });

  const show = (next) => {
    box = next;
    place(rect, box);
    set(dot, { cx: (box[0] + box[2]) / 2, cy: (box[1] + box[3]) / 2 });
    set(letter, { x: box[0] + 1, y: box[1] + 3.6 });
    const told = `object ${name}: ${box.join(", ")}. Arrow keys move it, with shift they resize it.`;
    group.setAttribute("aria-label", told);
  };
  return { element: group, show };
}

/** The image under its grid, the responsible cells, and the objects. */
function plane(change) {
  const drawing = svg("svg", { viewBox: `-1 -1 ${BOARD[0] + 2} ${BOARD[1] + 2}` });
  const whereabouts = ({ clientX, clientY }) => {
    const there = new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse());
    return [there.x, there.y];
  };
  const board = svg("rect", { "data-part": "board", width: BOARD[0], height: BOARD[1] });
  const cells = NAMES.map((name) => svg("rect", { "data-part": "cell", "data-cell": name }));
  const lines = svg("g");
  const objects = NAMES.map((name, at) => object(name, whereabouts, (box) => change(at, box)));
  drawing.append(board, ...cells, lines, ...objects.map(({ element }) => element));
  const draw = ({ boxes, side, found }) => {
    const [w, h] = BOARD.map((length) => length / side);
    const inner = Array.from({ length: side - 1 }, (_, n) => n + 1);
    lines.replaceChildren(
      ...inner.map((n) => svg("line", { x1: n * w, x2: n * w, y1: 0, y2: BOARD[1] })),
      ...inner.map((n) => svg("line", { x1: 0, x2: BOARD[0], y1: n * h, y2: n * h })),
    );
    objects.forEach((each, at) => each.show(boxes[at]));
    found.forEach(({ cell: [column, row], taken }, at) => {
      place(cells[at], [column * w, row * h, (column + 1) * w, (row + 1) * h]);
      cells[at].toggleAttribute("data-lost", taken >= 0);
    });
  };
  return { element: el("div", { class: "responsible-plane" }, drawing), draw };
}

/** What the cells should say, a row an object. */
function targets() {
  const heads = ["", "row, column", ...CODES].map((head) => el("th", { scope: "col" }, head));
  const body = el("tbody");
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const word = el("p", { class: "responsible-word", role: "status" });
  const row = ({ cell: [column, row], codes, taken }, at) => {
    const name = el("th", { scope: "row" }, NAMES[at]);
    const where = el("td", {}, `${row}, ${column}`);
    const numbers = codes.map((code) => el("td", {}, taken < 0 ? code.toFixed(2) : "–"));
    return el("tr", { "data-box": NAMES[at] }, name, where, ...numbers);
  };
  const draw = ({ found }) => {
    body.replaceChildren(...found.map(row));
    const lost = found.findIndex(({ taken }) => taken >= 0);
    const kept = "Each object has a cell of its own.";
    word.textContent = lost < 0 ? kept : `${NAMES[lost]} is left out: its cell is ${NAMES[found[lost].taken]}'s.`;
  };
  return { element: el("div", { class: "responsible-targets" }, table, word), draw };
}

/**
 * The figure.
 * @param {Object} start `side`, cells along each side to begin with
 */
export function figure(start) {
  let state = { side: start.side ?? 7, boxes: BOXES };
  const parts = [];
  const change = (patch) => {
    state = { ...state, ...patch };
    const found = encoded(state.boxes, BOARD, [state.side, state.side]);
    parts.forEach((part) => part.draw({ ...state, found }));
  };
  const cells = slider("S", [1, 13], (side) => change({ side }));
  const board = plane((at, box) =>
    change({ boxes: state.boxes.map((old, other) => (other === at ? box : old)) }),
  );
  const list = targets();
  parts.push({ draw: ({ side }) => cells.show(side) }, board, list);

  change({});
  const beside = el("div", { class: "responsible-side" }, cells.element, list.element);
  return el("div", { class: "playable-responsible" }, board.element, beside);
}
