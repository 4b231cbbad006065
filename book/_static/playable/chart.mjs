/**
 * Chart: curves over two labelled axes, which stretch with the page while their letters do not.
 */

import { el } from "dlcourse/kit";

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The share of the way from one end of a range to the other. */
const share = (value, [from, to]) => (value - from) / (to - from);

/** The names of the curves, each in its colour. */
function key() {
  const element = el("div", { class: "playable-title" });
  const show = (curves) =>
    element.replaceChildren(
      ...curves.map(({ kind, name }) => el("span", { "data-kind": kind }, name)),
    );
  return { element, show };
}

/**
 * An empty chart. `show` draws curves, each { kind, name, points }: its colour, what it is called,
 * and where it goes, in the units of the axes. A curve of kind "area" is filled.
 * @param {string} label what the chart shows, for a screen reader
 * @param {{ range: [number, number], name: string, ticks: Object<string, number> }} across
 * @param {{ range: [number, number], ticks: Object<string, number> }} up
 */
export function chart(label, across, up) {
  const svg = drawn("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" });
  const plot = el("div", { class: "playable-plot", role: "img", "aria-label": label }, svg);
  const tick = (axis, { range, ticks }) =>
    Object.entries(ticks).map(([text, at]) =>
      el("span", { "data-axis": axis, style: `--at: ${share(at, range)}` }, text),
    );
  plot.append(...tick("across", across), ...tick("up", up));
  const names = key();
  const below = el("div", { class: "playable-title" }, across.name);
  const element = el("div", { class: "playable-chart" }, names.element, plot, below);
  const path = ({ kind, points }) => {
    const steps = points.map(([x, y]) => `${share(x, across.range)} ${1 - share(y, up.range)}`);
    return drawn("path", { d: `M ${steps.join(" L ")}`, "data-kind": kind });
  };
  const show = (curves) => {
    names.show(curves);
    svg.replaceChildren(...curves.map(path));
  };
  return { element, show };
}
