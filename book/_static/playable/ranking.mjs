/**
 * Ranking: what a threshold makes of scores, and the curves of all thresholds.
 *
 * Scores are { positive, negative }, two lists of numbers. Whoever scores at least the threshold is
 * answered "positive".
 */

/** The four outcomes at one threshold. */
export function outcomes({ positive, negative }, threshold) {
  const passing = (scores) => scores.filter((score) => score >= threshold).length;
  const [TP, FP] = [passing(positive), passing(negative)];
  return { TP, FN: positive.length - TP, FP, TN: negative.length - FP };
}

/** The measures of four outcomes, each as [numerator, denominator]. */
export function measures({ TP, FN, FP, TN }) {
  return {
    accuracy: [TP + TN, TP + FN + FP + TN],
    precision: [TP, TP + FP],
    recall: [TP, TP + FN],
    "false positive rate": [FP, FP + TN],
    F1: [2 * TP, 2 * TP + FP + FN],
  };
}

/** The measures of every threshold that makes a difference, from the one that nobody passes. */
function sweep({ positive, negative }) {
  const levels = [...new Set([...positive, ...negative])].sort((a, b) => b - a);
  const at = (level) => measures(outcomes({ positive, negative }, level));
  return [Infinity, ...levels].map(at);
}

const ratio = ([above, below]) => above / below;

/** The points of the ROC curve, from [0, 0] to [1, 1]. */
export function rocPoints(scores) {
  return sweep(scores).map((now) => [ratio(now["false positive rate"]), ratio(now.recall)]);
}

/** The corners of precision against recall, level to the left of each recall that is gained. */
export function stepPoints(scores) {
  const [, ...reached] = sweep(scores);
  const ends = reached.map((now) => [ratio(now.recall), ratio(now.precision)]);
  return ends.flatMap(([recall, precision], index) => {
    const before = index ? ends[index - 1][0] : 0;
    return recall > before ? [[before, precision], [recall, precision]] : [[recall, precision]];
  });
}

/** The area below points that are joined by straight lines. */
export function area(points) {
  const strips = points.slice(1).map(([x, y], index) => {
    const [before, height] = points[index];
    return ((x - before) * (y + height)) / 2;
  });
  return strips.reduce((sum, each) => sum + each, 0);
}

/** The share of the scores in each of equal bins from 0 to 100. */
export function shares(scores, bins) {
  const counts = Array(bins).fill(0);
  const binOf = (score) => Math.min(bins - 1, Math.floor((score * bins) / 100));
  scores.forEach((score) => (counts[binOf(score)] += 1));
  return counts.map((count) => count / scores.length);
}
