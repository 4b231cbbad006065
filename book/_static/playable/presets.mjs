/**
 * Presets: the kernels and the small images that a figure on convolutions starts from.
 */

const transpose = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));
const across = (...weights) => weights.map((weight) => [weight, 0, -weight]);

/** The kernels of dlcourse.nn.convolution, under the names the chapter gives them. */
export const KERNELS = {
  "vertical edge (Prewitt)": across(1, 1, 1),
  "horizontal edge (Prewitt)": transpose(across(1, 1, 1)),
  "Sobel vertical": across(1, 2, 1),
  "Sobel horizontal": transpose(across(1, 2, 1)),
  "Scharr vertical": across(3, 10, 3),
  "Scharr horizontal": transpose(across(3, 10, 3)),
  blur: Array(3).fill(Array(3).fill(1 / 9)),
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
};

/** One character a cell: a digit is its value, and X is 10. */
const picture = (...rows) =>
  rows.map((row) => [...row].map((cell) => (cell === "X" ? 10 : Number(cell))));

/** Images of 6 × 6 cells; the last holds the first 36 digits of π, for want of any order. */
export const IMAGES = {
  "bright to dark": picture(...Array(6).fill("XXX000")),
  "dark to bright": picture(...Array(6).fill("000XXX")),
  diagonal: picture("XXXXXX", "XXXXX0", "XXXX00", "XXX000", "XX0000", "X00000"),
  "a dot": picture("000000", "000000", "001000", "000000", "000000", "000000"),
  "a seven": picture("000000", "099990", "000090", "000900", "009000", "009000"),
  "digits of π": picture("314159", "265358", "979323", "846264", "338327", "950288"),
};
