/** @param {readonly number[]} values */
export const median = (values) => percentile(values, 50);

/**
 * Nearest rank, and the mean of the two middle ones for the median of an even number.
 * @param {readonly number[]} values
 * @param {number} percent
 */
export function percentile(values, percent) {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = (percent / 100) * sorted.length;
  if (percent === 50 && Number.isInteger(rank)) return ((sorted[rank - 1] ?? NaN) + (sorted[rank] ?? NaN)) / 2;
  return sorted[Math.ceil(rank) - 1] ?? NaN;
}

/**
 * Round by round, because the two sides of a round saw the same machine.
 * @param {readonly number[]} ones
 * @param {readonly number[]} others
 */
export function ratio(ones, others) {
  const ratios = ones.map((one, round) => one / (others[round] ?? NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** @param {{ median: number, least: number, most: number }} ratio */
export const asPercent = ({ median, least, most }) => `${percentOf(median)} (${percentOf(least)} to ${percentOf(most)})`;
/** @param {{ median: number, least: number, most: number }} ratio */
export const asFactor = ({ median, least, most }) => `${median.toFixed(2)} times (${least.toFixed(2)} to ${most.toFixed(2)})`;

/** @param {number} share */
const percentOf = (share) => `${Math.round(share * 100)} %`;
/** @param {number} millis */
export const asMillis = (millis) => `${millis >= 100 ? millis.toFixed(0) : millis.toFixed(1)} ms`;
/** @param {number} count */
export const asCount = (count) => Math.round(count).toLocaleString('en-US');
