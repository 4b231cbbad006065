/**
 * RoI: a box to drag over a feature map, the cells or points its bins read, and their values.
 *
 * Here are the state, its drawing and the hand; `regions` computes.
 */

import { grid, peak, tint, write } from "dlcourse/grid";
import { choice, el, format, slider, toggle } from "dlcourse/kit";
import { aligned, moved, pooled, resized } from "dlcourse/regions";

const MAPS = {
  "two spots": [
    [0, 1, 2, 1, 0, 0, 0, 0],
    [1, 3, 5, 3, 1, 0, 0, 0],
    [2, 5, 9, 5, 2, 0, 0, 0],
    [1, 3, 5, 3, 1, 0, 4, 0],
    [0, 1, 2, 1, 0, 4, 8, 4],
    [0, 0, 0, 0, 0, 0, 4, 0],
  ],
  "column numbers": Array.from({ length: 6 }, () => [0, 1, 2, 3, 4, 5, 6, 7]),
  "one bright cell": Array.from({ length: 6 }, (_, row) =>
    Array.from({ length: 8 }, (_, column) => (row === 2 && column === 3 ? 9 : 0)),
  ),
};
const READERS = {
  "RoI pooling": pooled,
  RoIAlign: (map, box, bins) => aligned(map, box, bins),
  "not aligned": (map, box, bins) => aligned(map, box, bins, 0),
};
const START = { reader: "RoI pooling", map: "two spots", bins: 2, box: [0.7, 0.7, 5.3, 4.2] };
const KEYS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
const HUES = 4;

/** All that is drawn, worked out from the state. */
function view(state) {
  const map = MAPS[state.map];
  return { ...state, name: state.map, map, read: READERS[state.reader](map, state.box, state.bins) };
}

/** Build an element of a drawing. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

const set = (element, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));

/** Neighbours differ in hue, along both sides. */
const hue = (row, column) => (2 * (row % 2) + (column % 2)) % HUES;

/** What the bins read, as rectangles or points in a drawing whose unit is a cell. */
function marks(bin, at) {
  if (bin.samples) {
    return bin.samples.map(({ row, column }) =>
      svg("circle", { cx: column + 0.5, cy: row + 0.5, r: 0.11, "data-hue": at }),
    );
  }
  const [y, x] = [bin.rows[0], bin.columns[0]];
  const [height, width] = [bin.rows[1] - y, bin.columns[1] - x];
  return [svg("rect", { x, y, width, height, "data-hue": at })];
}

/** Lines that cut the box into its bins. */
function cuts([x1, y1, x2, y2], bins) {
  return Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins).flatMap((share) => {
    const [x, y] = [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
    return [
      svg("line", { x1: x, y1, x2: x, y2 }), svg("line", { x1, y1: y, x2, y2: y }),
    ];
  });
}

/** The map with its numbers, the box, and what its bins read. */
function mapBoard(change) {
  const numbers = svg("g", { "data-layer": "numbers" });
  const read = svg("g", { "data-layer": "read" });
  const inside = svg("g", { "data-layer": "cuts" });
  const frame = svg("rect", { "data-part": "frame" });
  const corner = svg("circle", { "data-part": "corner", r: 0.2 });
  const box = svg("g", { tabindex: 0, role: "group", "data-part": "box" }, inside, frame, corner);
  const drawing = svg("svg", { viewBox: "-0.6 -0.6 9.2 7.2" }, numbers, read, box);
  const whereabouts = ({ clientX, clientY }) => {
    const there = new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse());
    return [there.x, there.y];
  };
  let now, held;
  const take = (event) => {
    held = { from: whereabouts(event), box: now.box, corner: event.target === corner };
    box.setPointerCapture(event.pointerId);
    box.focus({ preventScroll: true });
    event.preventDefault();
  };
  const drag = (event) => {
    if (!held) return;
    const by = whereabouts(event).map((value, axis) => value - held.from[axis]);
    change({ box: after(held.box, by, held.corner) });
  };
  const after = (from, by, ofCorner) =>
    ofCorner
      ? resized(from, [from[2] + by[0], from[3] + by[1]], now.map)
      : moved(from, by, now.map);
  const onkeydown = (event) => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    change({ box: after(now.box, by, event.shiftKey) });
  };
  box.addEventListener("pointerdown", take);
  box.addEventListener("pointermove", drag);
  ["pointerup", "pointercancel"].forEach((name) =>
    box.addEventListener(name, () => (held = undefined)),
  );
  box.addEventListener("keydown", onkeydown);

  const cell = (value, row, column, most) => {
    const group = svg("g", {});
    const ground = svg("rect", { x: column, y: row, width: 1, height: 1 });
    tint(ground, value, most);
    const text = svg("text", { x: column + 0.5, y: row + 0.5 });
    text.textContent = value;
    group.append(ground, text);
    return group;
  };
  const draw = (next) => {
    if (now?.name !== next.name) {
      const most = peak(next.map);
      numbers.replaceChildren(
        ...next.map.flatMap((line, row) => line.map((value, column) => cell(value, row, column, most))),
      );
    }
    now = next;
    const [x, y, right, bottom] = next.box;
    set(frame, { x, y, width: right - x, height: bottom - y });
    set(corner, { cx: right, cy: bottom });
    inside.replaceChildren(...(next.reader === "RoI pooling" ? [] : cuts(next.box, next.bins)));
    read.replaceChildren(
      ...next.read.flatMap((line, row) =>
        line.flatMap((bin, column) => marks(bin, hue(row, column))),
      ),
    );
    const places = next.box.map((value) => value.toFixed(1)).join(", ");
    const keys = "Arrow keys move it, with shift its lower right corner.";
    box.setAttribute("aria-label", `box ${places}. ${keys}`);
  };
  return { element: el("div", { class: "roi-map" }, drawing), draw };
}

/** The value of each bin. */
function binBoard() {
  const board = grid("bins");
  const draw = ({ read, map }) => {
    const make = () => el("span");
    const paint = (cell, row, column) => {
      write(cell, format(read[row][column].value));
      tint(cell.parentElement, read[row][column].value, peak(map));
      cell.parentElement.dataset.hue = hue(row, column);
    };
    board.show(`${read.length}×${read.length} bins`, [read.length, read.length], { make, paint });
  };
  return { element: board.element, draw };
}

/** The box in numbers, and what is read instead of it. */
function account() {
  const element = el("p", { class: "playable-size", role: "status" });
  const draw = ({ box, read, reader }) => {
    const place = `Columns ${box[0].toFixed(1)} to ${box[2].toFixed(1)}, rows ${box[1].toFixed(1)} to ${box[3].toFixed(1)}`;
    const [first, last] = [read[0][0], read.at(-1).at(-1)];
    const cells =
      reader === "RoI pooling"
        ? `read as the cells ${first.columns[0]} to ${last.columns[1] - 1} and ${first.rows[0]} to ${last.rows[1] - 1}.`
        : "read at four points a bin.";
    element.textContent = `${place}: ${cells}`;
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { reader: "RoIAlign" }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const readers = toggle("reader", Object.keys(READERS), (reader) => change({ reader }));
  const maps = choice("map", Object.keys(MAPS), (map) => change({ map }));
  const bins = slider("output_size", [1, 4], (value) => change({ bins: value }));
  const controls = {
    draw(now) {
      readers.show(now.reader);
      maps.show(now.name);
      bins.show(now.bins);
    },
  };
  const [board, values, words] = [mapBoard(change), binBoard(), account()];
  const parts = [controls, board, values, words];

  change({});
  const choices = el("div", { class: "playable-choices" }, maps.element, bins.element);
  const side = el("div", { class: "roi-side" }, values.element, words.element);
  const boards = el("div", { class: "roi-boards" }, board.element, side);
  return el("div", { class: "playable-roi" }, readers.element, choices, boards);
}
