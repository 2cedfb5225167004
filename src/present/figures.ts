import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { Glyphs } from './glyphs.ts';

/** `55.2 … 57.0 MB/s`: both ends in one unit where they share it, each with its own where not. */
export function rateInterval([low, high]: readonly [number, number], glyphs: Glyphs): string {
  return joinInterval(withoutPlus(formatRate(low)), withoutPlus(formatRate(high)), glyphs);
}

/** `7.90 … 8.10 MB`. */
export function bytesInterval([low, high]: readonly [number, number], glyphs: Glyphs): string {
  return joinInterval(formatBytes(low), formatBytes(high), glyphs);
}

/** `99 %`, `99.5 %`. */
export function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}

/** `1 in 100`: a small probability as people compare it. */
export function oneIn(probability: number): string {
  return probability <= 0 ? '0' : `1 in ${count(Math.max(1, Math.round(1 / probability)))}`;
}

/** A count with thousands separated: `1,000,000`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Entries per second, with sign: `+1/s`, `+0.25/s`, `+1,200/s`. */
export function countRate(perSecond: number): string {
  const size = Math.abs(perSecond);
  const figure = size >= 100 ? count(size) : String(Number(size.toPrecision(2)));
  return `${perSecond < 0 ? '-' : '+'}${figure}/s`;
}

/** Seconds of a forecast: a decimal there would claim a precision it does not have. */
export function seconds(value: number): string {
  return formatDuration(Math.max(0, Math.round(value)) * 1000);
}

function joinInterval(low: string, high: string, glyphs: Glyphs): string {
  const unitAt = low.lastIndexOf(' ');
  const sameUnit = unitAt >= 0 && low.slice(unitAt) === high.slice(high.lastIndexOf(' '));
  return `${sameUnit ? low.slice(0, unitAt) : low} ${glyphs.to} ${high}`;
}

function withoutPlus(rate: string): string {
  return rate.startsWith('+') ? rate.slice(1) : rate;
}
