/**
 * Greedy: suppression of boxes that lie on better ones, hard and soft, and what is found by the rest.
 *
 * Detections are { boxes, labels, scores }, the best first.
 */

import { iou } from "dlcourse/overlap";

/** By how much a box with this IoU lowers the score of another. */
export function factor(overlap, method, threshold, sigma) {
  if (method === "gaussian") return Math.exp(-(overlap ** 2) / sigma);
  if (overlap <= threshold) return 1;
  return method === "linear" ? 1 - overlap : 0;
}

/**
 * The scores after suppression, in the order of the detections; 0 for what is thrown away.
 * @param {{ boxes: number[][], labels: number[], scores: number[] }} detections
 * @param {{ method: string, threshold: number, sigma: number, together: boolean }} settings
 *   `together`: whether boxes of different classes suppress each other
 */
export function suppressed({ boxes, labels, scores }, { method, threshold, sigma, together }) {
  const lowered = [...scores];
  const waiting = new Set(scores.keys());
  while (waiting.size) {
    const best = [...waiting].reduce((top, at) => (lowered[at] > lowered[top] ? at : top));
    waiting.delete(best);
    if (!lowered[best]) continue;
    for (const at of waiting) {
      if (!together && labels[at] !== labels[best]) continue;
      // Two boxes without area have no IoU, and leave each other alone.
      lowered[at] *= factor(iou(boxes[best], boxes[at]) || 0, method, threshold, sigma);
    }
  }
  return lowered;
}

/**
 * What a list of detections finds: each claims the truth of its class that it overlaps most, if that
 * is by half and nobody surer has claimed it.
 */
export function tally({ boxes, labels, scores }, truths) {
  const order = [...scores.keys()].sort((one, other) => scores[other] - scores[one]);
  const taken = new Set();
  let twice = 0;
  let wrong = 0;
  for (const at of order) {
    const overlaps = truths.boxes.map((box, truth) =>
      truths.labels[truth] === labels[at] ? iou(box, boxes[at]) : 0,
    );
    const best = overlaps.indexOf(Math.max(...overlaps));
    if (!(overlaps[best] >= 0.5)) wrong += 1;
    else if (taken.has(best)) twice += 1;
    else taken.add(best);
  }
  return { found: taken.size, missed: truths.boxes.length - taken.size, twice, wrong };
}
