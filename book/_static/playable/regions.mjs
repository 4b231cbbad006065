/**
 * Regions: the cells or points that each bin of a box reads on a map, and what it makes of them.
 *
 * A box is [x1, y1, x2, y2] in cells of the map, a map an array of rows; `bins` is one number for
 * both sides, as torchvision.ops spells output_size.
 */

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const table = (count, make) =>
  Array.from({ length: count }, (_, row) => Array.from({ length: count }, (_, column) => make(row, column)));

/** Round with halves away from zero, as C does. */
const rounded = (value) => Math.sign(value) * Math.round(Math.abs(value));

/** The first cell of each bin along a side, and the one after its last, cut to the map. */
function cellsOf(start, end, bins, cells) {
  const first = rounded(start);
  const size = Math.max(rounded(end) - first + 1, 1);
  return Array.from({ length: bins }, (_, i) => [
    clamp(first + Math.floor((i * size) / bins), 0, cells),
    clamp(first + Math.ceil(((i + 1) * size) / bins), 0, cells),
  ]);
}

/** What RoI pooling reads: for each bin its rows and columns, and their largest number. */
export function pooled(map, [x1, y1, x2, y2], bins) {
  const rows = cellsOf(y1, y2, bins, map.length);
  const columns = cellsOf(x1, x2, bins, map[0].length);
  return table(bins, (row, column) => {
    const held = map.slice(...rows[row]).map((line) => line.slice(...columns[column])).flat();
    return { rows: rows[row], columns: columns[column], value: held.length ? Math.max(...held) : 0 };
  });
}

/** The number at a point whose coordinates count from the centre of the first cell. */
export function bilinear(map, row, column) {
  const [height, width] = [map.length, map[0].length];
  if (row < -1 || row > height || column < -1 || column > width) return 0;
  const [r, c] = [clamp(row, 0, height - 1), clamp(column, 0, width - 1)];
  const [top, left] = [Math.floor(r), Math.floor(c)];
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)];
  const along = (line) => line[left] + (c - left) * (line[right] - line[left]);
  return along(map[top]) + (r - top) * (along(map[bottom]) - along(map[top]));
}

/** What RoIAlign reads: for each bin its samples, two by two, and their mean. */
export function aligned(map, [x1, y1, x2, y2], bins, shift = 0.5) {
  const [height, width] = [(y2 - y1) / bins, (x2 - x1) / bins];
  return table(bins, (row, column) => {
    const samples = [0.25, 0.75].flatMap((down) =>
      [0.25, 0.75].map((across) => {
        const place = [y1 - shift + (row + down) * height, x1 - shift + (column + across) * width];
        return { row: place[0], column: place[1], value: bilinear(map, ...place) };
      }),
    );
    return { samples, value: samples.reduce((sum, { value }) => sum + value, 0) / samples.length };
  });
}

/** The box moved, kept within the map and half a cell around it, to a tenth of a cell. */
export function moved(box, [right, down], map) {
  const tenth = (value) => Math.round(10 * value) / 10;
  const fit = (start, end, by, cells) => clamp(tenth(by), tenth(-0.5 - start), tenth(cells + 0.5 - end));
  const [across, along] = [
    fit(box[0], box[2], right, map[0].length), fit(box[1], box[3], down, map.length),
  ];
  return [box[0] + across, box[1] + along, box[2] + across, box[3] + along].map(tenth);
}

/** The box with another lower right corner: it keeps half a cell of length. */
export function resized([x1, y1, , ], [x2, y2], map) {
  const tenth = (value) => Math.round(10 * value) / 10;
  return [
    x1, y1,
    tenth(clamp(x2, x1 + 0.5, map[0].length + 0.5)), tenth(clamp(y2, y1 + 0.5, map.length + 0.5)),
  ];
}
