/**
 * Pooling: a window that moves over a map, what it keeps, and which cells its gradient returns to.
 *
 * Here are the state and what changes it; `pools` computes, `boards` draws the map and the output.
 */

import { inputBoard, outputBoard } from "dlcourse/boards";
import { sizeLine } from "dlcourse/equation";
import { grid, peak, tint, write } from "dlcourse/grid";
import {
  choice, el, exact, nameOf, replaced, slider, stepped, toggle, transport,
} from "dlcourse/kit";
import { gradient, pool2d, shares, summary } from "dlcourse/pools";
import { IMAGES } from "dlcourse/presets";

const RANGES = { kernel_size: [1, 4], stride: [1, 4], padding: [0, 2] };
const OPERATIONS = ["max", "mean"];
const COUNTS = { "padding counts": true, "padding does not count": false };

/** What is left of a map of features after a ReLU: few cells, and ties at zero. */
const MAPS = {
  "after a ReLU": [
    [0, 3, 3, 0, 0, 0],
    [1, 3, 0, 0, 0, 0],
    [0, 0, 7, 7, 2, 0],
    [0, 0, 7, 4, 0, 0],
    [5, 0, 0, 0, 0, 1],
    [0, 2, 0, 0, 6, 6],
  ],
  "digits of π": IMAGES["digits of π"],
  "a seven": IMAGES["a seven"],
  "a dot": IMAGES["a dot"],
};

const START = {
  image: MAPS["after a ReLU"],
  operation: "max",
  count_include_pad: true,
  kernel_size: 2,
  stride: 2,
  padding: 0,
  place: [0, 0],
};

const countName = (counts) => Object.keys(COUNTS).find((name) => COUNTS[name] === counts);

/** All that is drawn, worked out from the state; the padding is at most half the kernel. */
function view(state) {
  const { image, kernel_size } = state;
  const settings = { ...state, padding: Math.min(state.padding, Math.floor(kernel_size / 2)) };
  const output = pool2d(image, settings);
  const place = state.place.map((index) => Math.max(0, Math.min(index, output.length - 1)));
  const window = shares(image, settings, place);
  return { ...settings, dilation: 1, output, place, window, slopes: gradient(image, settings) };
}

/** The controls above the grids. */
function controls(change) {
  const maps = choice("input", Object.keys(MAPS), (name) => change({ image: MAPS[name] }));
  const operations = toggle("operation", OPERATIONS, (operation) => change({ operation }));
  const counts = choice("count_include_pad", Object.keys(COUNTS), (name) =>
    change({ count_include_pad: COUNTS[name] }),
  );
  const sliders = Object.entries(RANGES).map(([name, range]) => [
    name,
    slider(name, range, (value) => change({ [name]: value })),
  ]);
  const draw = (now) => {
    maps.show(nameOf(now.image, MAPS));
    operations.show(now.operation);
    counts.show(countName(now.count_include_pad));
    counts.element.hidden = now.operation === "max";
    for (const [name, { show }] of sliders) show(now[name]);
  };
  const choices = el("div", { class: "playable-choices" });
  choices.append(maps.element, operations.element, counts.element);
  const ranges = el("div", { class: "playable-sliders" });
  ranges.append(...sliders.map(([, { element }]) => element));
  return { elements: [choices, ranges], draw };
}

/** The map with its window; the padding is empty where its cells take no part. */
function mapBoard(edit) {
  const board = inputBoard(edit);
  const draw = (now) => {
    board.draw(now);
    const text = now.operation === "mean" && now.count_include_pad ? "0" : "";
    for (const cell of board.element.querySelectorAll(".playable-padding")) write(cell, text);
  };
  return { element: board.element, draw };
}

/** What each cell of the map receives when every output has the slope 1. */
function gradientBoard() {
  const board = grid("gradient");
  const draw = ({ slopes }) => {
    const make = () => el("span");
    const paint = (cell, row, column) => {
      write(cell, exact(slopes[row][column]));
      tint(cell.parentElement, slopes[row][column], peak(slopes));
    };
    board.show("gradient, slopes of 1", [slopes.length, slopes[0].length], { make, paint });
  };
  return { element: board.element, draw };
}

/** The three grids in a row. */
function boardRow(input, output, slopes) {
  const arrow = () => el("span", { class: "playable-sign", "aria-hidden": "true" }, "→");
  // An arrow stays with the grid after it where the row wraps.
  const pair = (...parts) => el("div", { class: "playable-pair" }, ...parts);
  const element = el("div", { class: "playable-boards" }, input);
  element.append(pair(arrow(), output), pair(arrow(), slopes));
  const draw = (now) => {
    const columns = 2 * now.image.length + 2 * now.padding + now.output.length;
    element.style.setProperty("--columns", columns);
  };
  return { element, draw };
}

/** What one window keeps and which cells its gradient goes to, in words. */
function account() {
  const element = el("p", { class: "playable-size", role: "status" });
  const kept = ({ operation, place }, cells, value) => {
    const values = cells.map((cell) => exact(cell.value));
    const work =
      operation === "max" ? `max(${values.join(", ")})` : `(${values.join(" + ")}) / ${cells.length}`;
    return `output[${place.join(", ")}] = ${work.replaceAll("+ −", "− ")} = ${exact(value)}. `;
  };
  const receivers = ({ operation }, cells, value) => {
    if (operation === "mean") return `Each cell takes ${exact(1 / cells.length)} of the gradient.`;
    const winner = cells.find(({ weight }) => weight);
    const name = `input[${winner.row}, ${winner.column}]`;
    const equals = cells.filter((cell) => cell.value === value).length;
    if (equals === 1) return `The gradient goes to ${name}.`;
    return `${equals} cells are equal; the gradient goes to the first, ${name}.`;
  };
  const draw = (now) => {
    const cells = now.window.flat();
    const value = summary(now.window);
    const texts = [kept(now, cells, value), receivers(now, cells, value)];
    element.replaceChildren(...texts.map((text) => el("span", {}, text)));
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { operation: "mean" }
 */
export function figure(start) {
  const first = { ...START, ...start };
  let state = first;
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const walk = (by) => {
    const { output } = view(state);
    const { place, last } = stepped(view(state).place, output.length, by);
    change({ place });
    return !last;
  };

  const knobs = controls(change);
  const input = mapBoard((...cell) => change({ image: replaced(state.image, ...cell) }));
  const output = outputBoard((place) => change({ place }));
  const slopes = gradientBoard();
  const steps = transport({
    back: () => walk(-1),
    step: () => walk(1),
    reset: () => change(first),
  });
  const boards = boardRow(input.element, output.element, slopes.element);
  const words = account();
  const size = sizeLine();
  const parts = [knobs, input, output, slopes, boards, words, size];

  change({});
  const below = [boards, steps, words, size].map(({ element }) => element);
  return el("div", {}, ...knobs.elements, ...below);
}
