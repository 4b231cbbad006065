/**
 * Overlap: how well two boxes fit, by four measures, and how a hand moves and reshapes them.
 *
 * Boxes are [x1, y1, x2, y2].
 */

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** Width times height; a box that ends before it begins has no area. */
export const area = ([x1, y1, x2, y2]) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

/** The box that two boxes share; where they do not meet, it ends before it begins. */
export const shared = (one, other) =>
  one.map((edge, at) => (at < 2 ? Math.max : Math.min)(edge, other[at]));

/** The smallest box around both. */
export const around = (one, other) =>
  one.map((edge, at) => (at < 2 ? Math.min : Math.max)(edge, other[at]));

const covered = (one, other) => area(one) + area(other) - area(shared(one, other));

/** Intersection over union. */
export const iou = (one, other) => area(shared(one, other)) / covered(one, other);

const sides = ([x1, y1, x2, y2]) => [x2 - x1, y2 - y1];
const square = ([x, y]) => x ** 2 + y ** 2;
const centre = ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];

/** What two boxes share and cover, the area around both, and the four measures. */
export function measures(one, other) {
  const ratio = iou(one, other);
  const frame = around(one, other);
  const [[x1, y1], [x2, y2]] = [centre(one), centre(other)];
  const distance = ratio - square([x1 - x2, y1 - y2]) / square(sides(frame));
  const angle = (box) => Math.atan(sides(box)[0] / sides(box)[1]);
  const shape = ((2 / Math.PI) * (angle(one) - angle(other))) ** 2;
  const weight = shape ? shape / (1 - ratio + shape) : 0;
  return {
    intersection: area(shared(one, other)),
    union: covered(one, other),
    around: area(frame),
    IoU: ratio,
    GIoU: ratio - (area(frame) - covered(one, other)) / area(frame),
    DIoU: distance,
    CIoU: distance - weight * shape,
  };
}

/** A box moved by whole steps, as far as the board [width, height] allows. */
export function moved([x1, y1, x2, y2], [dx, dy], [width, height]) {
  const [right, down] = [clamp(dx, -x1, width - x2), clamp(dy, -y1, height - y2)];
  return [x1 + right, y1 + down, x2 + right, y2 + down];
}

/**
 * A box with one corner at another place, no smaller than `least` and inside the board.
 * @param {number[]} box
 * @param {[number, number]} corner which one: [0 | 1, 0 | 1], left or right, upper or lower
 */
export function reshaped(box, corner, place, board, least = 2) {
  const next = [...box];
  corner.forEach((end, axis) => {
    const other = box[axis + 2 * (1 - end)];
    const [low, high] = end ? [other + least, board[axis]] : [0, other - least];
    next[axis + 2 * end] = clamp(place[axis], low, high);
  });
  return next;
}
