/**
 * Matcher: anchors on a grid, their IoU with boxes, and three rules of who stands for whom.
 *
 * Boxes are [x1, y1, x2, y2]; a table of IoUs has a row for each truth and a column for each anchor.
 * Every rule answers, for each anchor, the index of a truth, or one of the two below.
 */

import { iou } from "dlcourse/overlap";

export const BACKGROUND = -1;
export const IGNORED = -2;

/** The boxes of one cell around 0: all scales of the first ratio (height over width) first. */
export function baseAnchors(scales, ratios) {
  return ratios.flatMap((ratio) =>
    scales.map((scale) => {
      const [x, y] = [scale / Math.sqrt(ratio) / 2, (scale * Math.sqrt(ratio)) / 2];
      return [-x, -y, x, y];
    }),
  );
}

/** The same boxes around the middle of every cell, by rows, then columns. */
export function gridAnchors([rows, columns], stride, base, offset = 0.5) {
  return Array.from({ length: rows * columns }, (_, cell) => {
    const x = ((cell % columns) + offset) * stride;
    const y = (Math.floor(cell / columns) + offset) * stride;
    return base.map(([x1, y1, x2, y2]) => [x1 + x, y1 + y, x2 + x, y2 + y]);
  }).flat();
}

/** The table of IoUs. */
export const overlaps = (truths, anchors) =>
  truths.map((truth) => anchors.map((anchor) => iou(truth, anchor)));

/** The place of the largest number, the first of equal ones. */
export const argmax = (numbers) =>
  numbers.reduce((best, number, at) => (number > numbers[best] ? at : best), 0);

const columnsOf = (table) => (table.length ? table[0].map((_, at) => table.map((row) => row[at])) : []);

/** Faster R-CNN: by two thresholds, and the best anchors of every truth if asked. */
export function match(table, high, low, allowLowQuality = false) {
  const largest = table.map((row) => Math.max(...row));
  return columnsOf(table).map((column) => {
    const truth = argmax(column);
    const overlap = column[truth];
    const best = column.some((each, row) => each > 0 && each === largest[row]);
    if (overlap >= high || (allowLowQuality && best)) return truth;
    return overlap < low ? BACKGROUND : IGNORED;
  });
}

/** Write each truth at its anchor; of two at one anchor, the later stays. */
function give(answer, best) {
  const given = [...answer];
  best.forEach((anchor, truth) => (given[anchor] = truth));
  return given;
}

/** SSD: by one threshold, then each truth takes its best anchor. */
export function matchBest(table, threshold) {
  const answer = match(table, threshold, threshold);
  table.forEach((row, truth) => {
    const anchor = argmax(row);
    if (row[anchor] > 0) answer[anchor] = truth;
  });
  return answer;
}

/** YOLO: the anchor of each truth by the cell of its centre and the shape of highest IoU. */
export function responsible(truths, base, [, columns], stride) {
  return truths.map(([x1, y1, x2, y2]) => {
    const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const around = [x1 - x, y1 - y, x2 - x, y2 - y];
    const cell = Math.floor(y / stride) * columns + Math.floor(x / stride);
    return cell * base.length + argmax(base.map((shape) => iou(around, shape)));
  });
}

/** YOLO: one anchor a truth; others that overlap one well are ignored. */
export function matchOne(table, best, ignore) {
  const answer = columnsOf(table).map((column) =>
    Math.max(...column) > ignore ? IGNORED : BACKGROUND,
  );
  return give(answer, best);
}
