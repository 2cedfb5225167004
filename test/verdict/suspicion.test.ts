import { describe, expect, test } from 'vitest';
import { isSuspicious } from '../../src/verdict/suspicion.ts';
import type { Point } from '../../src/verdict/point.ts';
import { Random } from './traces.ts';

function floors(count: number, bytesAt: (seconds: number) => number): readonly Point[] {
  return Array.from({ length: count }, (_, i) => {
    return { timeMs: 2000 * (i + 1), bytes: bytesAt(2 * (i + 1)), openConnections: 0 };
  });
}

describe('suspicion', () => {
  test('falls on 40 KB/s within 12 s', () => {
    expect(isSuspicious(floors(6, (seconds) => 5e6 + 40_000 * seconds))).toBe(true);
  });

  test('does not fall on a server that warms up by 9 KB/s', () => {
    for (let count = 1; count <= 30; count += 1) {
      const points = floors(count, (seconds) => 5e6 + 9_000 * 12 * (1 - Math.exp(-seconds / 12)));
      expect(isSuspicious(points), `${count} floors`).toBe(false);
    }
  });

  test('does not fall on one step, however high', () => {
    for (let count = 4; count <= 20; count += 1) {
      const points = floors(count, (seconds) => (seconds < 10 ? 5e6 : 90e6) + 20 * seconds);
      expect(isSuspicious(points), `${count} floors`).toBe(false);
    }
  });

  // Frozen: 7 of 8,000 floors of pure noise of 200 KB.
  test('falls on at most 7 of 8,000 floors of noise', () => {
    let suspected = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = new Random(seed);
      const points = floors(48, () => 9e6 + 200_000 * random.normal());
      for (let count = 9; count <= 48; count += 1) if (isSuspicious(points.slice(0, count))) suspected += 1;
    }
    expect(suspected).toBeLessThanOrEqual(7);
  });
});
