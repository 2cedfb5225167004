import { describe, expect, test } from 'vitest';
import { type Fading, fadingAt, secondsAtRate } from '../../src/verdict/fading.ts';
import { forecastOf } from '../../src/verdict/forecast.ts';
import { fitGrowth } from '../../src/verdict/growth-fit.ts';
import type { Point } from '../../src/verdict/point.ts';
import { Random } from './traces.ts';

const WATCHED_SECONDS = 120;
const LEFT_SECONDS = 1500;

describe('the forecast', () => {
  test('holds the end of even growth, and is hardly wider for what might fade', () => {
    const fading = endsHeld(0, fadingAt(WATCHED_SECONDS * 1000));
    const straight = endsHeld(0);
    expect(fading.held).toBeGreaterThanOrEqual(180);
    expect(straight.held).toBeGreaterThanOrEqual(180);
    expect(fading.medianRatio / straight.medianRatio).toBeLessThan(1.3);
  });

  test('holds the end of growth a fifth of which fades, and a straight line does not', () => {
    expect(endsHeld(0.2, fadingAt(WATCHED_SECONDS * 1000)).held).toBeGreaterThanOrEqual(170);
    expect(endsHeld(0.2).held).toBeLessThan(140);
  });

  test('names an end within its interval, however surely growth fades', () => {
    const lastMs = WATCHED_SECONDS * 1000;
    const fit = fitGrowth(drawn(0.2, new Random(1), 1), fadingAt(lastMs));
    const found = fit && forecastOf(fit, lastMs, 1e9, lastMs);
    expect(found?.secondsToLimit).toBeGreaterThan(found?.interval[0] ?? Infinity);
    expect(found?.secondsToLimit).toBeLessThan(found?.interval[1] ?? 0);
  });
});

/** Of 200 leaks: how many ends were held by the interval, and how far its ends lie apart. */
function endsHeld(share: number, fading?: Fading): { readonly held: number; readonly medianRatio: number } {
  const lastMs = WATCHED_SECONDS * 1000;
  const limitBytes = sizeAt(WATCHED_SECONDS + LEFT_SECONDS, share);
  let held = 0;
  const ratios: number[] = [];
  for (let seed = 1; seed <= 200; seed += 1) {
    const fit = fitGrowth(drawn(share, new Random(seed), 1e6), fading);
    const [low, high] = (fit && forecastOf(fit, lastMs, limitBytes, lastMs)?.interval) ?? [Infinity, 0];
    if (low <= LEFT_SECONDS && LEFT_SECONDS <= high) held += 1;
    ratios.push(high / low);
  }
  return { held, medianRatio: ratios.toSorted((a, b) => a - b)[100] ?? NaN };
}

function drawn(share: number, random: Random, noiseBytes: number): readonly Point[] {
  return Array.from({ length: 40 }, (_, i) => {
    const seconds = (WATCHED_SECONDS * (i + 1)) / 40;
    return {
      timeMs: seconds * 1000,
      bytes: sizeAt(seconds, share) + noiseBytes * random.normal(),
      openConnections: 0,
    };
  });
}

function sizeAt(seconds: number, share: number): number {
  return 1e8 + 3e5 * secondsAtRate(seconds - WATCHED_SECONDS, { share, seconds: 1.1 * WATCHED_SECONDS });
}
