import type { Report } from '../report/schema.ts';
import { count, countRate } from './figures.ts';

type Container = Report['containers'][number];

/** `Array ×7`: of several at one place their number. */
export function containerTypeWords({ type, instances }: Container): string {
  return instances > 1 ? `${type} ×${count(instances)}` : type;
}

/** `0 → 140`, and where nothing changed the number alone. */
export function entriesWords({ counts }: Container): string {
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined) return '–';
  return first.size === last.size ? count(last.size) : `${count(first.size)} → ${count(last.size)}`;
}

/** `+6.9/s`, or that it stayed. */
export function entryRateWords({ counts, growthPerSecond }: Container): string {
  if (growthPerSecond === null) return '–';
  return counts.every(({ size }) => size === counts[0]?.size) ? 'steady' : countRate(growthPerSecond);
}
