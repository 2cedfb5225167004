import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type MemoryMap, memoryMapOf, readMemoryMap } from '../../src/target/memory-map.ts';

// Of real processes, glibc 2.36. The threads are those of a program that has malloc take 5, 70 and 1 MB in three threads and
// then asks it: malloc_info(3) says what glibc itself thinks of its arenas.

describe('the memory of a process by kind', () => {
  test('has as many bytes in arenas as malloc_info of the same moment says', () => {
    const heaps = file('threads.malloc-info.xml').split('<heap nr=').slice(2);
    const truth = heaps.map((heap) => ({
      bytes: Number(/aspace type="mprotect" size="(\d+)"/.exec(heap)?.[1]),
      // An arena that outgrew 64 MB goes on in a second heap.
      count: Number(/aspace type="subheaps" size="(\d+)"/.exec(heap)?.[1]),
    }));
    expect(truth).toHaveLength(3);
    expect(map('threads').arenas).toEqual({
      count: truth.reduce((sum, { count }) => sum + count, 0),
      bytes: truth.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  });
  test('takes no page of V8 for an arena', () => {
    // Read off by hand: nine of 132 KB, one of 1,056 KB and one of 840 KB.
    expect(map('node').arenas).toEqual({ count: 11, bytes: 9 * 135_168 + 1_081_344 + 860_160 });
  });
  test('tells its own pages from those of files, and the main heap', () => {
    expect(map('node')).toMatchObject({
      anonymousBytes: 36_364 * 1024,
      fileBytes: 39_688 * 1024,
      sharedBytes: 0,
      mainHeapBytes: 0x17c44000 - 0x16ac1000,
    });
  });
  test('counts full arenas that lie side by side as one area', () => {
    const areas = [
      '7f0000000000-7f0008000000 rw-p 00000000 00:00 0 ',
      '7f0008000000-7f0009000000 rw-p 00000000 00:00 0 ',
      '7f0009000000-7f000c000000 ---p 00000000 00:00 0 ',
    ];
    expect(memoryMapOf(file('node.status'), areas.join('\n'))?.arenas).toEqual({
      count: 3,
      bytes: 0x9000000,
    });
    const merged = ['7f0000000000-7f0009000000 rw-p 00000000 00:00 0 ', areas[2] ?? ''];
    expect(memoryMapOf(file('node.status'), merged.join('\n'))?.arenas).toEqual({
      count: 3,
      bytes: 0x9000000,
    });
  });
  test('has no arenas where malloc has no such shape', () => {
    const areas = ['7f0000001000-7f0000800000 rw-p 00000000 00:00 0 ', 'no line of it', ''];
    expect(memoryMapOf(file('node.status'), areas.join('\n'))?.arenas).toEqual({ count: 0, bytes: 0 });
  });
  test('is unknown for a kernel thread, rubbish, and a process that is gone', () => {
    expect(memoryMapOf('Name:\tkthreadd\n', '')).toBeNull();
    expect(memoryMapOf('', '')).toBeNull();
    expect(readMemoryMap(1, join(import.meta.dirname, 'no-such-folder'))).toBeNull();
  });
});

function map(name: string): MemoryMap {
  const found = memoryMapOf(file(`${name}.status`), file(`${name}.maps`));
  if (found === null) throw new Error(`no memory in ${name}`);
  return found;
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, 'memory-maps', name), 'utf8');
}
