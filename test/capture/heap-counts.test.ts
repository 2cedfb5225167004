import { describe, expect, test } from 'vitest';
import { readHeapStatistics } from '../../src/capture/heap-counts.ts';

const BUCKETS = Array.from({ length: 16 }, (_, at) => 32 * 2 ** at);

/** Of one type: so many objects of each size. */
function type(...sizes: readonly (readonly [count: number, bytes: number])[]): object {
  const histogram = BUCKETS.map(() => 0);
  for (const [count, bytes] of sizes) {
    const bucket = Math.min(15, Math.max(0, Math.floor(Math.log2(bytes)) - 4));
    histogram[bucket] = (histogram[bucket] ?? 0) + count;
  }
  return {
    count: sizes.reduce((sum, [count]) => sum + count, 0),
    overall: sizes.reduce((sum, [count, bytes]) => sum + count * bytes, 0),
    histogram,
  };
}

function counted(
  types: Readonly<Record<string, object>>,
  largeBytes = 1e9,
): ReturnType<typeof readHeapStatistics> {
  return readHeapStatistics(
    JSON.stringify({
      field_data: { tagged_fields: 8000 },
      bucket_sizes: BUCKETS,
      // V8 has sums among the types that count nothing.
      type_data: { ...types, END: 7, EMPTY_TYPE: type() },
    }),
    largeBytes,
    5,
  );
}

test('all objects are counted, those that JavaScript can hold apart', () => {
  expect(
    counted({
      JS_OBJECT_TYPE: type([10, 56]),
      JS_PROMISE_TYPE: type([5, 48]),
      JS_COLLECTION_TABLE_TYPE: type([3, 200]),
      MAP_TYPE: type([7, 80]),
    }),
  ).toMatchObject({ objects: 25, receivers: 15, references: 1000, pauseMs: 5 });
});

describe('text', () => {
  test('is cut at 1,024 characters, and never more than there is', () => {
    expect(counted({ ONE_BYTE_STRING_TYPE: type([10, 1_000_000]) }).textBytes).toBe(10 * 1024);
    expect(counted({ ONE_BYTE_STRING_TYPE: type([10, 40]) }).textBytes).toBe(400);
  });
  test('is that of every kind of string, under the names of old and new versions', () => {
    expect(
      counted({
        ONE_BYTE_INTERNALIZED_STRING_TYPE: type([1, 32]),
        INTERNALIZED_ONE_BYTE_STRING_TYPE: type([1, 32]),
        STRING_TYPE: type([1, 32]),
        JS_STRING_ITERATOR_TYPE: type([1, 32]),
      }).textBytes,
    ).toBe(96);
  });
});

describe('names that V8 makes', () => {
  test('are as many as the longest list has places, whatever the others have', () => {
    const { madeNames } = counted({
      ARRAY_ELEMENTS_TYPE: type([500, 100], [1, 40_000]),
      OBJECT_PROPERTY_DICTIONARY_TYPE: type([20, 9000]),
    });
    // Within the bucket it may be as long as the bucket.
    expect(madeNames).toBeGreaterThanOrEqual(40_000 / 8);
    expect(madeNames).toBeLessThanOrEqual(65_536 / 8);
  });
  test('beyond the last bucket are what the others leave', () => {
    const { madeNames } = counted({ ARRAY_ELEMENTS_TYPE: type([1, 80_000_000], [2, 700_000]) });
    expect(madeNames).toBeGreaterThanOrEqual(80_000_000 / 8);
    expect(madeNames).toBeLessThanOrEqual(81_400_000 / 8);
  });
  test('and no more than the spaces of large objects hold', () => {
    const many = { ARRAY_ELEMENTS_TYPE: type([1, 1_000_000], [100_000, 1000]) };
    expect(counted(many).madeNames).toBeGreaterThan(5_000_000);
    expect(counted(many, 1_100_000).madeNames).toBe(137_500);
    // That such a list is there is certain.
    expect(counted(many, 0).madeNames).toBe(524_288 / 8);
  });
  test('are none of lists that hold numbers or bytes only', () => {
    expect(
      counted({
        FIXED_DOUBLE_ARRAY_TYPE: type([1, 8_000_000]),
        BYTE_ARRAY_TYPE: type([1, 8_000_000]),
        TRUSTED_BYTE_ARRAY_TYPE: type([1, 8_000_000]),
      }).madeNames,
    ).toBe(0);
  });
  test('are three of each place in a WeakMap, and one of each symbol and function', () => {
    expect(
      counted({
        EPHEMERON_HASH_TABLE_TYPE: type([1, 16_000]),
        SYMBOL_TYPE: type([10, 24]),
        BYTECODE_ARRAY_TYPE: type([20, 100]),
      }),
    ).toMatchObject({ madeNames: 3000 + 10 + 20, weakPlaces: 1000 });
  });
});
