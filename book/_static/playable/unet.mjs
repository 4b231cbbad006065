/**
 * U-Net: the side of every map for a picture of any size, and what stops one that does not fit.
 */

import { el, slider, toggle } from "dlcourse/kit";
import { leastSide, nearby, trace } from "dlcourse/shapes";

const RANGES = { side: [1, 700], depth: [1, 5] };
const START = { side: 572, depth: 4, padding: "valid" };

/** All that is drawn, worked out from the state. */
function view(state) {
  const { side, depth, padding } = state;
  const { steps, fault } = trace(side, depth, padding);
  const levels = Array.from({ length: depth + 1 }, (_, level) => {
    const here = steps.filter((step) => step.level === level);
    const first = here.findIndex(({ name }) => name === "doubled");
    const [down, up] = first < 0 ? [here, []] : [here.slice(0, first), here.slice(first)];
    return { level, down, up };
  });
  return { ...state, steps, fault, levels, last: steps.at(-1) };
}

const across = (step) => `${step.side}`;

/** A map: its side in figures, and a bar as long as it is. */
function tile(step, longest, stopped) {
  const bar = el("i", { style: `width: ${(100 * step.side) / longest}%` });
  return el("span", { class: stopped ? "unet-map unet-stopped" : "unet-map" }, across(step), bar);
}

/** One level: its maps on the way down, what is cut to go across, its maps on the way up. */
function levelRow({ level, down, up }, { depth, steps, fault, last }) {
  const longest = steps[0].side;
  const maps = (list) => list.map((step) => tile(step, longest, fault && step === last));
  const whole = down.at(-1)?.side;
  const wanted = up[0]?.side;
  const cut = whole === wanted ? `${whole} across` : `${whole} cut to ${wanted}`;
  const middle = wanted ? el("span", { class: "unet-across" }, cut) : "";
  const side = (list, name) =>
    el("div", { class: `unet-side unet-${name}` }, ...maps(list));
  const label = el("b", {}, level === depth ? "bottom" : `level ${level + 1}`);
  const parts = level === depth ? [side(down, "bottom")] : [side(down, "down"), middle || el("span"), side(up, "up")];
  return el("div", { class: "unet-level", "data-level": level + 1 }, label, ...parts);
}

/** All levels, the finest on top. */
function network() {
  const element = el("div", { class: "unet-levels", role: "img" });
  const draw = (now) => {
    element.replaceChildren(...now.levels.map((each) => levelRow(each, now)));
    element.ariaLabel = `Sides of the maps in order: ${now.steps.map(across).join(", ")}`;
  };
  return { element, draw };
}

/** Whether the picture fits, and why not. */
function verdict() {
  const element = el("p", { class: "playable-size", role: "status" });
  const draw = ({ side, depth, padding, fault, last }) => {
    const near = nearby(side, depth, padding).join(" or ");
    const all = `${leastSide(depth, padding)} + ${2 ** depth}·n`;
    const lines = fault
      ? [`${side} fails: ${fault}.`, `${near} would do, as any ${all}.`]
      : [`${side} fits, and the answer has ${last.side}.`, `So does any ${all}.`];
    element.replaceChildren(...lines.flatMap((line) => [el("span", {}, line), " "]));
    element.classList.toggle("unet-fails", Boolean(fault));
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from the usual start, such as { side: 96 }
 */
export function figure(start) {
  let state = { ...START, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const sliders = Object.entries(RANGES).map(([name, range]) => {
    const { element, show } = slider(name, range, (value) => change({ [name]: value }));
    return { element, draw: (now) => show(now[name]) };
  });
  const padding = toggle("padding", ["valid", "same"], (value) => change({ padding: value }));
  const kind = { draw: (now) => padding.show(now.padding) };
  const move = (by) => () => {
    const { side, depth, padding: kept } = state;
    const near = nearby(side + by, depth, kept);
    const to = by > 0 ? near.at(-1) : near[0];
    change({ side: Math.min(Math.max(to, leastSide(depth, kept)), RANGES.side[1]) });
  };
  const button = (text, by) => el("button", { type: "button", onclick: move(by) }, text);
  const steps = el(
    "div", { class: "playable-transport" },
    button("‹ next that fits", -1), button("next that fits ›", 1),
  );
  const [maps, told] = [network(), verdict()];
  const parts = [...sliders, kind, maps, told];

  change({});
  const choices = el("div", { class: "playable-choices" }, padding.element, steps);
  const ranges = el("div", { class: "playable-sliders" }, ...sliders.map((each) => each.element));
  return el("div", {}, choices, ranges, maps.element, told.element);
}
