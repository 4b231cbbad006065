/**
 * Race: optimizers that start together on a surface, each at a learning rate of its own.
 *
 * Here are the state and what draws it; `surfaces` and `descent` compute, `terrain` draws lines of
 * equal height.
 */

import { path, RULES } from "dlcourse/descent";
import { choice, el, transport } from "dlcourse/kit";
import { SURFACES } from "dlcourse/surfaces";
import { contours, draw as shape, frame, HEIGHT, WIDTH } from "dlcourse/terrain";

const STEPS = 200;
const PERIOD = 40;
const NAMES = Object.keys(RULES);
const LETTERS = { SGD: "S", momentum: "M", Nesterov: "N", Adagrad: "G", RMSprop: "R", Adam: "A" };

const rates = (...exponents) => Object.fromEntries(NAMES.map((name, i) => [name, exponents[i]]));

/** Exponents of 2 to start from, in the order of NAMES, that suit a surface. */
const RATES = {
  bowl: rates(-4, -6, -6, -2, -5, -3),
  ravine: rates(-4, -6, -6, -2, -5, -3),
  saddle: rates(-4, -6, -6, -2, -5, -3),
  rosenbrock: rates(-9, -10, -10, 0, -4, -2),
  beale: rates(-6, -9, -9, 0, -4, -2),
};
const RANGE = [-14, 4];

const begin = (surface) => ({ surface, from: SURFACES[surface].start, rates: RATES[surface] });
const START = { ...begin("ravine"), running: ["SGD", "momentum", "Adam"], step: 30 };

const small = (value) => (value < 0.001 ? value.toExponential(0) : value.toPrecision(2));
const written = (value) => `${value >= 100 ? value.toFixed(0) : small(value)}`.replace("-", "−");
const coordinates = (point) => point.map((value) => value.toFixed(2).replace("-", "−")).join(", ");

/** All that is drawn, worked out from the state. */
function view(state) {
  const surface = SURFACES[state.surface];
  const runners = NAMES.map((name) => {
    const points = path(surface.gradient, RULES[name], 2 ** state.rates[name], state.from, STEPS);
    const gone = state.step >= points.length;
    const shown = points.slice(0, state.step + 1);
    const above = surface.height(shown.at(-1)) - surface.lowest;
    return { name, shown, gone, above, runs: state.running.includes(name) };
  });
  return { ...state, ...surface, runners, frame: frame(surface.window) };
}

/** The picture; a click or an arrow key moves the start. */
function ground(move) {
  const lines = shape("g", { class: "race-lines" });
  const tracks = shape("g");
  const size = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: 0, role: "application" };
  const element = shape("svg", { class: "race-ground", ...size }, lines, tracks);
  let [drawn, now] = [undefined, undefined];

  const track = ({ name, shown, gone, runs }) => {
    if (!runs) return [];
    const places = shown.map(now.frame.place);
    const [x, y] = places.at(-1);
    const line = shape("polyline", { points: places.map((p) => p.join(",")).join(" ") });
    const disc = shape("circle", { cx: x, cy: y, r: 10 });
    const letter = shape("text", { x, y: y + 4 }, LETTERS[name]);
    const marks = gone ? [line] : [line, disc, letter];
    return [shape("g", { class: "race-track", "data-runner": name }, ...marks)];
  };
  const draw = (next) => {
    now = next;
    if (drawn !== now.surface) lines.replaceChildren(...contours(now));
    drawn = now.surface;
    const [cx, cy] = now.frame.place(now.from);
    const start = shape("circle", { class: "race-start", cx, cy, r: 5 });
    tracks.replaceChildren(start, ...now.runners.flatMap(track));
    const name = `${now.surface}, start at ${coordinates(now.from)}; arrow keys move it`;
    element.setAttribute("aria-label", name);
  };
  const inside = ([x, y]) => {
    const [left, right, bottom, top] = now.window;
    return [Math.min(Math.max(x, left), right), Math.min(Math.max(y, bottom), top)];
  };
  element.addEventListener("click", (event) => {
    const box = element.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * WIDTH;
    const down = ((event.clientY - box.top) / box.height) * HEIGHT;
    move(inside(now.frame.point([across, down])));
  });
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  element.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const stride = (now.window[1] - now.window[0]) / 60;
    move(inside(now.from.map((value, axis) => value + stride * ARROWS[event.key][axis])));
  });
  return { element, draw };
}

/** One runner: whether it runs, its learning rate, and how high it stands. */
function runner(name, { run, tune }) {
  const check = el("input", { type: "checkbox", onchange: () => run(name, check.checked) });
  const badge = el("b", { "aria-hidden": "true" }, LETTERS[name]);
  const [min, max] = RANGE;
  const rate = el("input", {
    type: "range", min, max, step: 1, "aria-label": `learning rate of ${name}`,
    oninput: () => tune(name, rate.valueAsNumber),
  });
  const [rateText, standing] = [el("span"), el("output")];
  const element = el("div", { class: "race-runner", "data-runner": name });
  element.append(el("label", {}, check, badge, name), rate, rateText, standing);
  const draw = ({ rates, runners }) => {
    const { above, gone, runs } = runners.find((each) => each.name === name);
    check.checked = runs;
    rate.value = rates[name];
    rateText.textContent = written(2 ** rates[name]);
    rate.setAttribute("aria-valuetext", rateText.textContent);
    standing.textContent = gone ? "ran away" : written(above);
    element.toggleAttribute("data-off", !runs);
  };
  return { element, draw };
}

/** The names of the columns. */
const heading = () =>
  el("div", { class: "race-runner race-heading", "aria-hidden": "true" },
    el("span", {}, "optimizer"), el("span", {}, "rate"), el("span", {}, "above the minimum"));

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { surface: "beale" }
 */
export function figure(start) {
  const first = { ...START, ...(start.surface ? begin(start.surface) : {}), ...start };
  let state = first;
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const walk = (by) => {
    change({ step: (state.step + by + STEPS + 1) % (STEPS + 1) });
    return state.step < STEPS;
  };
  const run = (name, runs) => {
    const others = state.running.filter((each) => each !== name);
    change({ running: runs ? [...others, name] : others });
  };
  const tune = (name, exponent) => change({ rates: { ...state.rates, [name]: exponent } });

  const surfaces = choice("surface", Object.keys(SURFACES), (name) => change(begin(name)));
  const map = ground((from) => change({ from }));
  const runners = NAMES.map((name) => runner(name, { run, tune }));
  const steps = transport(
    { back: () => walk(-1), step: () => walk(1), reset: () => change(first) },
    PERIOD,
  );
  const count = el("p", { class: "playable-size" });
  const parts = [map, ...runners];
  parts.push({ draw: ({ surface }) => surfaces.show(surface) });
  parts.push({
    draw: ({ step, from }) =>
      (count.textContent = `step ${step} of ${STEPS}, from (${coordinates(from)})`),
  });

  change({});
  const table = el("div", { class: "race-runners" }, heading());
  table.append(...runners.map(({ element }) => element));
  const choices = el("div", { class: "playable-choices" }, surfaces.element);
  return el("div", {}, choices, map.element, count, steps.element, table);
}
