/**
 * Scaling: EfficientNet-B0 made deeper, wider, or for larger images, and what that costs.
 */

import { choice, el, format, nameOf, slider } from "dlcourse/kit";
import { costs, predicted, scaled } from "dlcourse/scales";

const SIZES = {
  B0: { width: 100, depth: 100, pixels: 224 },
  B1: { width: 100, depth: 110, pixels: 240 },
  B2: { width: 110, depth: 120, pixels: 260 },
  B3: { width: 120, depth: 140, pixels: 300 },
  B4: { width: 140, depth: 180, pixels: 380 },
  B5: { width: 160, depth: 220, pixels: 456 },
  B6: { width: 180, depth: 260, pixels: 528 },
  B7: { width: 200, depth: 310, pixels: 600 },
  "deeper alone": { width: 100, depth: 460, pixels: 224 },
  "wider alone": { width: 225, depth: 100, pixels: 224 },
  "larger images alone": { width: 100, depth: 100, pixels: 484 },
};
const RANGES = {
  "depth, %": ["depth", [50, 460]],
  "width, %": ["width", [50, 300]],
  pixels: ["pixels", [64, 640]],
};

/** All that is drawn, worked out from the state. */
function view({ width, depth, pixels }) {
  const [w, d] = [width / 100, depth / 100];
  const count = costs(w, d, pixels);
  const ratio = count.multiplyAdds / costs(1, 1, 224).multiplyAdds;
  const promised = predicted(w, d, pixels / 224);
  return { width, depth, pixels, stages: scaled(w, d), ...count, ratio, promised };
}

/** The image as a square and each stage as a bar, as long as its blocks and as high as its channels. */
function picture() {
  const element = el("div", { class: "playable-stages", role: "img" });
  const bar = ({ blocks, channels }) =>
    el("i", { style: `--blocks: ${blocks}; --channels: ${channels}` });
  const draw = ({ stages, pixels }) => {
    const image = el("b", { style: `--pixels: ${pixels}` });
    element.replaceChildren(image, ...stages.map(bar));
    const said = stages.map(({ blocks, channels }) => `${blocks} of ${channels} channels`);
    element.ariaLabel = `An image of ${pixels} pixels a side; blocks: ${said.join(", ")}`;
  };
  return { element, draw };
}

/** The counts, and the rule of thumb beside them. */
function account() {
  const element = el("p", { class: "playable-size", role: "status" });
  const whole = new Intl.NumberFormat("en");
  const draw = ({ parameters, multiplyAdds, ratio, promised }) => {
    const lines = [
      `${whole.format(parameters)} parameters,`,
      `${whole.format(multiplyAdds)} multiply-adds,`,
      `${format(ratio)} times B0’s; d·w²·r² says ${format(promised)}`,
    ];
    element.replaceChildren(...lines.flatMap((line) => [el("span", {}, line), " "]));
  };
  return { element, draw };
}

/** The published sizes, and the three sliders. */
function controls(change) {
  const sizes = choice("size", Object.keys(SIZES), (name) => change(SIZES[name]));
  const sliders = Object.entries(RANGES).map(([label, [name, range]]) => [
    name,
    slider(label, range, (value) => change({ [name]: value })),
  ]);
  const draw = ({ width, depth, pixels }) => {
    sizes.show(nameOf({ width, depth, pixels }, SIZES));
    for (const [name, { show }] of sliders) show({ width, depth, pixels }[name]);
  };
  const choices = el("div", { class: "playable-choices" }, sizes.element);
  const ranges = el("div", { class: "playable-sliders" });
  ranges.append(...sliders.map(([, { element }]) => element));
  return { elements: [choices, ranges], draw };
}

/**
 * The figure.
 * @param {Object} start settings that differ from B0's, such as { pixels: 300 }
 */
export function figure(start) {
  let state = { ...SIZES.B0, ...start };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state);
    parts.forEach((part) => part.draw(now));
  };
  const knobs = controls(change);
  const [stages, counts] = [picture(), account()];
  const parts = [knobs, stages, counts];

  change({});
  return el("div", {}, ...knobs.elements, stages.element, counts.element);
}
