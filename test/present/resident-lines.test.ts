import { expect, test } from 'vitest';
import { residentSentences } from '../../src/present/resident-lines.ts';
import { leakingReport, residentMemory, steadyReport } from './reports.ts';

const first = residentMemory(0, 0);

test('memory outside the heap is spoken of only where it grew much, or is the verdict', () => {
  const last = residentMemory(60_000, 20_000_000);
  const looks = { first, last };
  expect(residentSentences(steadyReport({ residentMemory: looks }))).toEqual([]);
  expect(residentSentences(steadyReport({ residentMemory: null }))).toEqual([]);
  expect(residentSentences(steadyReport({ residentMemory: { first, last: first } }))).toEqual([]);
  const native = leakingReport({
    verdict: { ...leakingReport().verdict, space: 'native' },
    residentMemory: looks,
  });
  expect(residentSentences(native)[0]).toContain('32.0 MB in 8 glibc arenas (+20.0 MB)');
});

test('what V8 accounts for is its own: arenas that hold Buffers are no riddle', () => {
  const last = { ...residentMemory(60_000, 80_000_000), v8Bytes: 170_000_000 };
  expect(residentSentences(steadyReport({ residentMemory: { first, last } }))).toEqual([]);
});

test('advice fits what grew: arenas, or pages of files', () => {
  const arenas = { first, last: residentMemory(60_000, 80_000_000) };
  expect(residentSentences(steadyReport({ residentMemory: arenas })).join()).toContain('MALLOC_ARENA_MAX');
  const cached = { first, last: { ...first, timeMs: 60_000, fileBytes: first.fileBytes + 90_000_000 } };
  const words = residentSentences(steadyReport({ residentMemory: cached })).join();
  expect(words).toContain('cache');
  expect(words).not.toContain('MALLOC_ARENA_MAX');
  const other = {
    first,
    last: { ...first, timeMs: 60_000, anonymousBytes: first.anonymousBytes + 90_000_000 },
  };
  expect(residentSentences(steadyReport({ residentMemory: other }))).toHaveLength(1);
});

test('shared memory is no cache, and arenas are no advice where memory outside V8 fell', () => {
  const grownBy = (what: Partial<typeof first>): string => {
    const last = { ...first, timeMs: 60_000, ...what };
    return residentSentences(steadyReport({ residentMemory: { first, last } })).join();
  };
  const shared = grownBy({ sharedBytes: (first.sharedBytes ?? 0) + 200_000_000 });
  expect(shared).toContain('+200 MB shared');
  expect(shared).not.toContain('cache');
  const arenas = { ...first.arenas, bytes: first.arenas.bytes + 200_000 };
  const fell = grownBy({
    anonymousBytes: first.anonymousBytes - 5_000_000,
    fileBytes: first.fileBytes + 60_000_000,
    arenas,
  });
  expect(fell).toContain('cache');
  expect(fell).not.toContain('MALLOC_ARENA_MAX');
});
