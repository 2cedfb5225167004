import { describe, expect, test } from 'vitest';
import { loadFollowed } from '../../src/verdict/load.ts';
import { pointOf } from '../../src/verdict/point.ts';

/** Points with so many connections open at each. */
function stretch(connections: readonly number[], everyMs = 2000): ReturnType<typeof pointOf>[] {
  return connections.map((openConnections, at) =>
    pointOf(at * everyMs, 20e6 + at * 80e3, { openConnections, requests: undefined, opened: undefined }),
  );
}

describe('the open connections are followed', () => {
  test('while they rise by three and a tenth, into the last third', () => {
    expect(loadFollowed(stretch([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))).toBe('open connections');
    expect(loadFollowed(stretch([60, 60, 61, 62, 63, 64, 66, 66, 68, 70]))).toBe('open connections');
    expect(loadFollowed(stretch([60, 60, 60, 61, 61, 61, 62, 62, 62, 63]))).toBe(undefined);
  });

  test('just as well where points are seldom', () => {
    expect(loadFollowed(stretch([20, 21, 22, 23, 24], 6000))).toBe('open connections');
    expect(loadFollowed(stretch([20, 20, 21, 21, 22], 20_000))).toBe(undefined);
    expect(loadFollowed(stretch([20, 21, 22, 22, 23], 20_000))).toBe('open connections');
  });

  test('not when they rose before and rest since', () => {
    expect(loadFollowed(stretch([3, 4, 6, 8, 9, 9, 9, 9, 9, 9, 9, 9]))).toBe(undefined);
  });

  test('not when a client has a few more for seconds, at the end as little as before', () => {
    expect(loadFollowed(stretch([3, 3, 3, 3, 3, 3, 3, 3, 6, 6]))).toBe(undefined);
    expect(loadFollowed(stretch([3, 6, 6, 3, 3, 3, 3, 3, 3, 3]))).toBe(undefined);
    // For longer it is a rise.
    expect(loadFollowed(stretch([3, 3, 3, 3, 3, 3, 3, 6, 6, 6]))).toBe('open connections');
  });

  test('nor where they are not known', () => {
    expect(loadFollowed(stretch(Array.from({ length: 9 }, () => Number.NaN)))).toBe(undefined);
  });
});
