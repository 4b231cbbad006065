/**
 * Levels: the input and the outputs of a stack, drawn as strips with lines between them, and the
 * three numbers of a field in words.
 *
 * Each part draws a view: { layers, sizes, levels, seen, level, place, columns }, where `levels`
 * holds the cells { cell, at } of every level, and `seen` those in sight of [level, place].
 */

import { el } from "dlcourse/kit";
import { reads } from "dlcourse/side";
import { receptiveField } from "dlcourse/stack";
import { links, strip } from "dlcourse/strips";
import { extent } from "dlcourse/windows";

/** Name a level: the input, or the output of a layer. */
export const levelName = (index) => (index ? `layer ${index}` : "input");

/** The cells of one level; picking one calls `ask` with the level and the cell. */
export function levelStrip(index, ask) {
  let [cells, size] = [[], 0];
  const inside = (cell) => cell >= 0 && cell < size;
  const pick = (at) => inside(cells[at].cell) && ask(index, cells[at].cell);
  const { element, show } = strip(levelName(index), pick);
  const draw = ({ levels, sizes, seen, level, place }) => {
    [cells, size] = [levels[index], sizes[index]];
    const drawn = ({ cell, at }) => {
      const outside = !inside(cell);
      const inSight = Boolean(seen[index]?.includes(cell));
      const said = [outside && "padding", inSight && "seen"].filter(Boolean);
      return {
        at,
        text: outside ? "0" : `${cell}`,
        label: [`${levelName(index)}[${cell}]`, ...said].join(", "),
        value: Number(inSight),
        outside,
        selected: index === level && cell === place,
      };
    };
    show(cells.map(drawn));
  };
  return { element, draw };
}

/** The lines from each cell in sight to those that it reads, one level below. */
export function levelLinks(index) {
  const { element, show } = links();
  const draw = ({ levels, layers, sizes, seen, level, columns }) => {
    const at = (where, wanted) => levels[where].find(({ cell }) => cell === wanted).at;
    const above = index <= level ? seen[index] : [];
    const inside = above.filter((cell) => cell >= 0 && cell < sizes[index]);
    const lines = inside.flatMap((cell) =>
      reads(cell, layers[index - 1]).map((below) => [at(index, cell), at(index - 1, below)]),
    );
    show(lines, columns);
  };
  return { element, draw };
}

/** Size, jump and start as the sums and products they come from, and the field of the cell. */
export function fieldLine() {
  const element = el("p", { class: "playable-size", role: "status" });
  const signed = (number) => `${number}`.replace("-", "−");
  const draw = ({ layers, sizes, level, place }) => {
    const below = layers.slice(0, level);
    const { size, jump, start } = receptiveField(below);
    const times = (count, index) => `${count}·${receptiveField(below.slice(0, index)).jump}`;
    const grown = below.map((each) => extent(each.kernel_size, each.dilation) - 1).map(times);
    const moved = below.map(({ padding }) => padding).map(times);
    const strides = below.map(({ stride }) => stride);
    const first = start + place * jump;
    const last = first + size - 1;
    const past = first < 0 || last >= sizes[0] ? ", past its border" : "";
    const lines = [
      `size = ${["1", ...grown].join(" + ")} = ${size}`,
      `jump = ${["1", ...strides].join("·")} = ${jump}`,
      `start = ${["0", ...moved].join(" − ")} = ${signed(start)}`,
      `${levelName(level)}[${place}] sees input ${signed(first)} to ${last}${past}`,
    ];
    const missing = sizes.indexOf(0);
    if (missing > 0) lines.push(`the kernel of ${levelName(missing)} does not fit`);
    const ended = lines.map((line, index) => (index < lines.length - 1 ? `${line};` : line));
    element.replaceChildren(...ended.map((line) => el("span", {}, line)));
  };
  return { element, draw };
}
