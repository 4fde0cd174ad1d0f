/** Numbers as the tables show them. */
import { median, summary } from '../measure/statistics.mjs';

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** A median and how far runs lay from it. @param {readonly number[]} values */
export function spread(values) {
  const { median: middle, low, high } = summary(values);
  const percent = (Math.max(high - middle, middle - low) / middle) * 100;
  return values.length < 2 ? count(middle) : `${count(middle)} ± ${Math.ceil(percent)} %`;
}

/** @param {readonly number[]} values */
export function times(values) {
  return `${median(values).toFixed(2)}×`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows all columns but the first are numbers
 * @returns {string} in Markdown
 */
export function table(head, rows) {
  const rule = head.map((_, at) => (at === 0 ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
