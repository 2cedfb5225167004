import { describe, expect, test } from 'vitest';
import { type SizeHistory, sizesSeen } from '../../src/census/size-history.ts';
import type { CensusWalk, ContainerGroup } from '../../src/core/census.ts';

describe('the sizes of what grows', () => {
  test('are those of every walk, once each', () => {
    const first = [walk(100, { sessions: 3 }), walk(600, { sessions: 5 })];
    const seen = sizesSeen(new Map(), first, ['sessions']);
    const later = sizesSeen(seen, [...first, walk(1600, { sessions: 9 })], ['sessions']);
    expect(later.get('sessions')).toEqual([
      { timeMs: 100, size: 3 },
      { timeMs: 600, size: 5 },
      { timeMs: 1600, size: 9 },
    ]);
  });

  test('stay known when the walks they are from are forgotten', () => {
    const first = walk(100, { sessions: 3 });
    const seen = sizesSeen(new Map(), [first, walk(600, { sessions: 5 })], ['sessions']);
    const later = sizesSeen(seen, [first, walk(1600, { sessions: 9 })], ['sessions']);
    expect(later.get('sessions')?.map(({ size }) => size)).toEqual([3, 5, 9]);
  });

  test('of a container that no longer grows are dropped', () => {
    const walks = [walk(100, { sessions: 3, cache: 1 }), walk(600, { sessions: 5, cache: 2 })];
    const seen = sizesSeen(new Map(), walks, ['sessions', 'cache']);
    expect([...sizesSeen(seen, walks, ['cache']).keys()]).toEqual(['cache']);
  });

  test('that a walk only remembers are left out', () => {
    const remembered: CensusWalk = {
      ...walk(600, {}),
      containers: [{ ...group('routes', 600, 70_000), uncounted: true }],
    };
    const seen = sizesSeen(new Map(), [walk(100, { routes: 70_000 }), remembered], ['routes']);
    expect(seen.get('routes')).toEqual([{ timeMs: 100, size: 70_000 }]);
  });

  test('of ten thousand walks keep the first and the last, in order, and are few', () => {
    let seen: SizeHistory = new Map();
    for (let at = 0; at < 10_000; at += 1) seen = sizesSeen(seen, [walk(at, { sessions: at })], ['sessions']);
    const sizes = seen.get('sessions')?.map(({ size }) => size) ?? [];
    expect(sizes.length).toBeLessThanOrEqual(32);
    expect([sizes[0], sizes.at(-1)]).toEqual([0, 9999]);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
});

function walk(atMs: number, sizeByKey: Record<string, number>): CensusWalk {
  return {
    startedAtMs: atMs,
    endedAtMs: atMs + 50,
    objects: 1000,
    functions: 100,
    slices: 10,
    truncated: false,
    containers: Object.entries(sizeByKey).map(([key, size]) => group(key, atMs, size)),
    programScripts: [],
  };
}

function group(key: string, atMs: number, size: number): ContainerGroup {
  return { key, type: 'Map', instances: 1, size, atMs };
}
