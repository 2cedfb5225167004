import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { readHeapShape, readLiveShape } from '../../src/probe/heap-shape.ts';

const MB = 1e6;

/** Spaces as V8 22 to 26 has them, in MB. */
const heapOf = (megabytesBySpace: Record<string, number>) => ({
  getHeapSpaceStatistics: () =>
    Object.entries(megabytesBySpace).map(([space_name, megabytes]) => ({
      space_name,
      space_used_size: megabytes * MB,
    })) as ReturnType<typeof v8.getHeapSpaceStatistics>,
});

describe('what lives of a heap', () => {
  const heap = heapOf({
    read_only_space: 0.2,
    new_space: 8,
    old_space: 12,
    code_space: 1,
    trusted_space: 1,
    new_large_object_space: 2,
    large_object_space: 5,
    code_large_object_space: 1,
  });

  test('of small objects all old ones and a quarter of the young, before a collection is known of', () => {
    expect(readLiveShape(heap, null)).toEqual({ smallObjectBytes: 16 * MB, largeObjectBytes: 8 * MB });
  });

  test('half of the old ones that came since the last one', () => {
    expect(readLiveShape(heap, 10 * MB).smallObjectBytes).toBe(14 * MB);
    // V8 may have collected since without being heard of.
    expect(readLiveShape(heap, 20 * MB).smallObjectBytes).toBe(16 * MB);
  });

  test('in use is all of it', () => {
    expect(readHeapShape(heap)).toEqual({ smallObjectBytes: 22 * MB, largeObjectBytes: 8 * MB });
  });
});

test("V8's own count of all spaces is what is told, but for what is read-only", () => {
  v8.setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { smallObjectBytes, largeObjectBytes } = readHeapShape(v8);
  const spaces = v8.getHeapSpaceStatistics();
  const readOnly = spaces.find(({ space_name: name }) => name === 'read_only_space')?.space_used_size ?? 0;
  const used = v8.getHeapStatistics().used_heap_size - readOnly;
  expect(Math.abs(smallObjectBytes + largeObjectBytes - used)).toBeLessThan(YOUNG_PAGE_BYTES + 50_000);
  // Right after a collection hardly anything is young.
  expect(readLiveShape(v8, null).smallObjectBytes).toBeGreaterThan(0.9 * smallObjectBytes);
});

/** V8 may begin one between two counts, and counts it whole. */
const YOUNG_PAGE_BYTES = 256 * 1024;
