/**
 * Kit: the few parts that playable figures are built of.
 *
 * A figure is a function that returns an element. It keeps a state, and draws everything from the
 * state after every change; each control below has `element`, which goes into the page, and a
 * function that shows a value without reporting it back.
 */

/**
 * Build an element. An attribute that starts with "on" is a listener; false leaves one out.
 * @param {string} tag
 * @param {Object} [attributes]
 * @param {...(Node|string)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/**
 * Put the live figure in place of every still picture of that name. A figure that fails to build
 * leaves its still picture where it is.
 * @param {string} name
 * @param {(start: Object) => Element} figure
 */
export function mount(name, figure) {
  for (const place of document.querySelectorAll(`.playable[data-figure="${name}"]`)) {
    // A form of its own keeps the radio buttons of two figures apart.
    const live = el("form", {
      class: "playable-live",
      autocomplete: "off",
      onsubmit: (event) => event.preventDefault(),
    });
    live.append(figure(JSON.parse(place.dataset.start)));
    const still = place.querySelector(".playable-still");
    still.hidden = true;
    still.after(live);
  }
}

const DECIMAL = new Intl.NumberFormat("en", {
  maximumFractionDigits: 2,
  useGrouping: false,
  signDisplay: "negative",
});

/** Write a number with at most two decimals and a true minus sign. */
export const format = (value) => DECIMAL.format(value).replace("-", "−");

const isWhole = (value) => Math.abs(value - Math.round(value)) < 1e-9;

/** Write a number exactly where two decimals or a small fraction can do it: 0.25, 1/9. */
export function exact(value) {
  if (isWhole(100 * value)) return format(value);
  const below = [3, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16].find((n) => isWhole(n * value));
  return below ? `${format(below * value)}/${below}` : format(value);
}

/** Read what `exact` writes; text that is no number counts as 0. */
export function parse(text) {
  const [above, below = 1] = text.replace("−", "-").split("/").map(Number);
  return Number.isFinite(above / below) ? above / below : 0;
}

/** Name of a preset with this very value; undefined if it is the reader's own. */
export function nameOf(value, presets) {
  const text = JSON.stringify(value);
  return Object.keys(presets).find((name) => JSON.stringify(presets[name]) === text);
}

/** Rows with one cell changed; the old ones stay as they are. */
export const replaced = (rows, row, column, value) =>
  rows.map((line, i) => line.map((old, j) => (i === row && j === column ? value : old)));

/** The place some cells further in a square, from its end back to its start, and if it is the last. */
export function stepped([row, column], side, by) {
  const count = side ** 2;
  const at = (row * side + column + by + count) % count;
  return { place: [Math.floor(at / side), at % side], last: at === count - 1 };
}

/**
 * A slider over whole numbers, with its name in code and its value beside it.
 * @param {string} name
 * @param {[number, number]} range
 * @param {(value: number) => void} onChange
 */
export function slider(name, [min, max], onChange) {
  const value = el("span", { "aria-hidden": "true" });
  const input = el("input", {
    type: "range", min, max, step: 1, "aria-label": name,
    oninput: () => onChange(input.valueAsNumber),
  });
  const element = el("label", { class: "playable-slider" }, el("code", {}, name), value, input);
  return { element, show: (number) => (input.value = value.textContent = number) };
}

/**
 * A list to choose from. A value outside the list shows as "your own".
 * @param {string} label
 * @param {string[]} options
 * @param {(value: string) => void} onChange
 */
export function choice(label, options, onChange) {
  const own = el("option", { value: "", hidden: true }, "your own");
  const list = options.map((option) => el("option", {}, option));
  const select = el("select", { onchange: () => onChange(select.value) }, own, ...list);
  const element = el("label", { class: "playable-choice" }, el("span", {}, label), select);
  return { element, show: (option) => (select.value = option ?? "") };
}

/**
 * A few options side by side, one of which holds.
 * @param {string} label
 * @param {string[]} options
 * @param {(value: string) => void} onChange
 */
export function toggle(label, options, onChange) {
  const radios = options.map((value) =>
    el("input", { type: "radio", name: label, value, onchange: () => onChange(value) }),
  );
  const labels = radios.map((radio) => el("label", {}, radio, el("span", {}, radio.value)));
  const element = el("div", { class: "playable-toggle", role: "radiogroup", "aria-label": label });
  element.append(...labels);
  const show = (option) => radios.forEach((radio) => (radio.checked = radio.value === option));
  return { element, show };
}

/**
 * Buttons to walk with: back, play, step and reset. `step` answers whether there is more to come.
 * @param {{ back: () => void, step: () => boolean, reset: () => void }} walk
 */
export function transport({ back, step, reset }, period = 800) {
  let clock;
  const button = (text, onclick) => el("button", { type: "button", onclick }, text);
  const stop = () => {
    clearInterval(clock);
    clock = undefined;
    play.textContent = "play";
  };
  const start = () => {
    clock = setInterval(() => step() || stop(), period);
    play.textContent = "pause";
  };
  const play = button("play", () => (clock ? stop() : start()));
  const byHand = (action) => () => {
    stop();
    action();
  };
  const moves = [button("‹ back", byHand(back)), play, button("step ›", byHand(step))];
  const again = button("reset", byHand(reset));
  const element = el("div", { class: "playable-transport" }, ...moves, again);
  const enable = (enabled) => {
    if (!enabled) stop();
    moves.forEach((each) => (each.disabled = !enabled));
  };
  return { element, enable };
}
