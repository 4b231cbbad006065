/**
 * Walk: follow an image through a network, layer by layer.
 *
 * The numbers come from the package, as JSON on the page; `steps` computes.
 */

import { choice, el, transport } from "dlcourse/kit";
import { grouped, height, levels, seen, soFar } from "dlcourse/steps";

const START = { from: "walk", network: "", place: 0 };

/** All that is drawn, worked out from the state. */
function view(state, networks) {
  const { image, steps } = networks[state.network];
  const step = steps[state.place];
  const [whole, now] = [steps.length - 1, state.place].map((last) => soFar(steps, last));
  return { ...state, image, steps, step, seen: seen(step), whole, now };
}

/** Draw a map in grey, a cell a pixel; the page enlarges it. */
function picture({ shape: [rows, columns], cells }, label) {
  const canvas = el("canvas", { width: columns, height: rows, role: "img", "aria-label": label });
  const greys = levels(cells).flatMap((level) => [17 * level, 17 * level, 17 * level, 255]);
  const pixels = new ImageData(Uint8ClampedArray.from(greys), columns, rows);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

const written = (shape) => shape.join("×");

/** One bar a step, as high as its maps and as wide as they are many, on scales that double. */
function skyline(go) {
  const element = el("div", { class: "walk-skyline", role: "group", "aria-label": "layers" });
  let drawn;
  const onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(drawn.place + by);
    element.children[drawn.place].focus();
  };
  element.addEventListener("keydown", onkeydown);
  const bar = (step, place) => {
    const button = el("button", {
      type: "button",
      "aria-label": `${step.name}: ${written(step.shape)}`,
      onclick: () => go(place),
    });
    const tall = 0.5 + 0.6 * Math.log2(height(step));
    const wide = 0.25 + 0.06 * Math.log2(step.shape[0]);
    button.append(el("span", { style: `height: ${tall}rem; width: ${wide}rem` }));
    return button;
  };
  const draw = (now) => {
    if (drawn?.network !== now.network) element.replaceChildren(...now.steps.map(bar));
    drawn = now;
    [...element.children].forEach((button, place) =>
      button.setAttribute("aria-pressed", place === now.place),
    );
    // Where the bars do not fit side by side, keep the chosen one in the middle.
    const chosen = element.children[now.place];
    element.scrollLeft = chosen.offsetLeft - (element.clientWidth - chosen.offsetWidth) / 2;
  };
  return { element, draw };
}

/** The image, and in a frame what the output in the middle of the maps sees of it. */
function imageBoard() {
  const frame = el("div", { class: "walk-frame", "aria-hidden": "true" });
  const stage = el("div", { class: "walk-image" });
  const title = el("p", { class: "playable-title" });
  const element = el("div", {}, title, stage);
  const draw = ({ image, seen: cells }) => {
    stage.replaceChildren(picture(image, "the image"), frame);
    const [first, last] = cells ?? [0, image.side - 1];
    const [from, to] = [Math.max(0, first), Math.min(image.side - 1, last)];
    const percent = (n) => `${(100 * n) / image.side}%`;
    frame.style.left = frame.style.top = percent(from);
    frame.style.width = frame.style.height = percent(to - from + 1);
    title.textContent = `image, ${image.side}×${image.side}`;
  };
  return { element, draw };
}

/** A few maps of the step, or the first numbers of a vector. */
function mapsBoard() {
  const title = el("p", { class: "playable-title" });
  const row = el("div", { class: "walk-maps" });
  const draw = ({ step }) => {
    const flat = step.shape.length === 1 || height(step) === 1;
    const name = (map) => `channel ${map.channel} of ${step.name}`;
    row.replaceChildren(...step.maps.map((map) => picture(map, name(map))));
    row.classList.toggle("walk-line", flat);
    const count = flat ? step.maps[0].shape[1] : step.maps.length;
    title.textContent = `${count} of ${step.shape[0]} ${flat ? "numbers" : "maps"}`;
  };
  return { element: el("div", { class: "walk-board" }, title, row), draw };
}

/** The step in numbers. */
function facts() {
  const element = el("dl", { class: "walk-facts", "aria-live": "polite" });
  const share = (part, whole) => `${grouped(part)} (so far ${Math.round(100 * whole)} %)`;
  const draw = ({ step, now, whole }) => {
    const field = step.field ? `${step.field[0]}×${step.field[0]} pixels` : "the whole image";
    const pairs = {
      layer: `${step.name}, ${step.kind}`,
      shape: written(step.shape),
      parameters: share(step.parameters, now[0] / whole[0]),
      "multiply-adds": share(step.multiplyAdds, now[1] / whole[1]),
      "each number sees": field,
    };
    element.replaceChildren(
      ...Object.entries(pairs).flatMap(([name, text]) => [
        el("dt", {}, name), el("dd", { "data-fact": name }, text),
      ]),
    );
  };
  return { element, draw };
}

/**
 * The figure.
 * @param {Object} start `from`, the id of the element that holds the networks as JSON, by name; the
 *   network and the place to begin with
 */
export function figure(start) {
  const { from, network, place } = { ...START, ...start };
  const networks = JSON.parse(document.getElementById(from).textContent);
  const names = Object.keys(networks);
  let state = { network: network || names[0], place };
  const change = (patch) => {
    state = { ...state, ...patch };
    const now = view(state, networks);
    parts.forEach((part) => part.draw(now));
  };
  const last = () => networks[state.network].steps.length - 1;
  const go = (to) => change({ place: Math.max(0, Math.min(to, last())) });
  const chosen = choice("network", names, (name) => change({ network: name, place: 0 }));
  const walk = transport({
    back: () => go(state.place - 1),
    step: () => {
      go(state.place + 1);
      return state.place < last();
    },
    reset: () => go(0),
  });
  const list = { draw: (now) => chosen.show(now.network) };
  const bars = skyline(go);
  const boards = [imageBoard(), mapsBoard()];
  const told = facts();
  const parts = [list, bars, ...boards, told];

  change({});
  const head = el("div", { class: "walk-head" }, chosen.element, walk.element);
  const middle = el("div", { class: "walk-boards" }, ...boards.map(({ element }) => element));
  return el("div", {}, head, bars.element, middle, told.element);
}
