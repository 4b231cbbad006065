/**
 * Imbalance: a few objects among much background, and which of them the loss is about.
 *
 * A score is what goes into the sigmoid. A target is 1 for an object and 0 for background.
 */

const sigmoid = (score) => 1 / (1 + Math.exp(-score));

/** The score of which the sigmoid makes this probability. */
export const logit = (p) => Math.log(p / (1 - p));

/** Focal loss where the right answer has the probability p; at gamma 0 the cross-entropy. */
export const lossAt = (p, weight, gamma) => -weight * (1 - p) ** gamma * Math.log(p);

/** Focal loss of a score, exact also far out, where p or 1 - p would be 0. */
export function loss(score, target, alpha, gamma) {
  const right = target ? score : -score;
  const entropy = Math.max(-right, 0) + Math.log1p(Math.exp(-Math.abs(right)));
  return (target ? alpha : 1 - alpha) * sigmoid(-right) ** gamma * entropy;
}

/** Scores around a middle, at the quantiles of a logistic distribution of scale 1/2. */
export const spread = (count, middle) =>
  Array.from({ length: count }, (_, i) => middle + logit((i + 0.5) / count) / 2);

/**
 * What objects, hard background and easy background have of the whole loss.
 * @param {{ objects: number[], background: number[] }} scores
 * @param {number} alpha weight of objects, against 1 - alpha of background
 * @param {number} gamma
 * @param {number} easy the probability of the right answer from which on background is easy
 */
export function shares({ objects, background }, alpha, gamma, easy = 0.6) {
  const sum = (scores, target) =>
    scores.reduce((total, score) => total + loss(score, target, alpha, gamma), 0);
  const sure = (score) => sigmoid(-score) >= easy;
  const parts = [
    sum(objects, 1),
    sum(background.filter((score) => !sure(score)), 0),
    sum(background.filter(sure), 0),
  ];
  const whole = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => (whole ? part / whole : 0));
}
