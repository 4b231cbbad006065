/**
 * Equation: what one place of the output adds up, and how large the output is.
 */

import { peak, tint } from "dlcourse/grid";
import { el, exact, format, parse } from "dlcourse/kit";
import { extent, sum } from "dlcourse/windows";

/** "= 30", "= 14/3 ≈ 4.67" or "≈ 4.67", as exactly as it can be said. */
function totalled(total) {
  const [text, rounded] = [exact(total), format(total)];
  const equal = Math.abs(parse(text) - total) < 1e-9;
  return `${equal ? "=" : "≈"} ${text}${text === rounded ? "" : ` ≈ ${rounded}`}`;
}

/** The products of the window, laid out as the kernel is, and their sum. */
export function equation() {
  const left = el("code");
  const terms = el("div", { class: "playable-terms" });
  const right = el("output");
  const element = el("div", { class: "playable-equation" }, left, terms, right);
  const signed = (text) => (text.startsWith("−") ? `(${text})` : text);
  const term = (strongest) => ({ value, weight }, index) => {
    const product = `${signed(exact(value))} × ${signed(exact(weight))}`;
    const cell = el("span", {}, `${index ? "+ " : ""}${product}`);
    tint(cell, value * weight, strongest);
    return cell;
  };
  const draw = ({ window, place }) => {
    element.hidden = !window.length;
    const strongest = peak(window.map((line) => line.map((each) => each.value * each.weight)));
    terms.replaceChildren(...window.flat().map(term(strongest)));
    terms.style.setProperty("--columns", window.length);
    left.textContent = `output[${place.join(", ")}] =`;
    // The place is spoken too: a screen reader says nothing where the sum alone stays the same.
    const spoken = el("span", { class: "visually-hidden" }, left.textContent);
    right.replaceChildren(spoken, totalled(sum(window)));
  };
  return { element, draw };
}

/** The rule for the size of the output with the numbers put in, or why there is no output. */
export function sizeLine() {
  const element = el("p", { class: "playable-size", role: "status" });
  const draw = ({ image, kernel_size: k, stride: s, padding: p, dilation: d, output }) => {
    const n = image.length;
    if (!output.length) {
      element.textContent =
        `The kernel does not fit: its extent, d(k − 1) + 1 = ${extent(k, d)}, ` +
        `is larger than the padded input, n + 2p = ${n + 2 * p}.`;
      return;
    }
    const rule = "⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1";
    const numbers = `⌊(${n} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1`;
    const italic = rule.split(/([a-z])/).map((part, i) => (i % 2 ? el("var", {}, part) : part));
    const parts = [["output size"], [" = ", ...italic], [` = ${numbers}`], [` = ${output.length}`]];
    element.replaceChildren(...parts.map((part) => el("span", {}, ...part)));
  };
  return { element, draw };
}
