/**
 * Acceptance: what a threshold makes of distances, and what is read off the curve of all thresholds.
 *
 * Distances are { same, different }, two lists of numbers: of pairs of one person and of two. A pair
 * is accepted if its distance is at most the threshold.
 */

import { outcomes, rocPoints } from "dlcourse/ranking";

/** The same as scores, which are larger for what is more alike. */
const scored = ({ same, different }) => ({
  positive: same.map((distance) => -distance),
  negative: different.map((distance) => -distance),
});

/** Pairs by what they are and what is answered; TP and FN are of one person, FP and TN of two. */
export const decided = (distances, threshold) => outcomes(scored(distances), -threshold);

/** FAR and FRR, each as [numerator, denominator]. */
export const errorRates = ({ TP, FN, FP, TN }) => ({ FAR: [FP, FP + TN], FRR: [FN, FN + TP] });

/** The points [FAR, TAR] of all thresholds, from [0, 0] to [1, 1]. */
export const roc = (distances) => rocPoints(scored(distances));

/** The rate at which FAR = FRR, on the straight line between two points if it lies there. */
export function equalErrorRate(points) {
  const gap = ([far, tar]) => far + tar - 1;
  const after = points.findIndex((point) => gap(point) >= -1e-12);
  const [before, next] = [points[after - 1], points[after]];
  const share = gap(next) / (gap(next) - gap(before));
  return next[0] - share * (next[0] - before[0]);
}

/** The largest TAR whose FAR is at most a limit. */
export const tarAtFar = (points, limit) =>
  Math.max(...points.filter(([far]) => far <= limit).map(([, tar]) => tar));

/** The chance of at least one false accept in so many independent comparisons. */
export const falseAlarmRate = (far, people) =>
  far < 1 ? -Math.expm1(people * Math.log1p(-far)) : Math.min(people, 1);

/** The share of the values in each of equal bins from 0 to top; what lies beyond is in the last. */
export function shares(values, bins, top) {
  const counts = Array(bins).fill(0);
  const binOf = (value) => Math.min(bins - 1, Math.floor((value * bins) / top));
  values.forEach((value) => (counts[binOf(value)] += 1));
  return counts.map((count) => count / values.length);
}
