import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { CompiledCode } from '../../src/probe/compiled-code.ts';

const small = { smallObjectBytes: 5e6, largeObjectBytes: 0 };

test('code is told against the first floor', () => {
  const compiled = new CompiledCode(50);
  expect([300, 500, 250].map((bytes) => compiled.grownBy(bytes))).toEqual([0, 200, -50]);
});

test('bytecode that comes and stays is in it, by what a program that knows it has compiled', () => {
  const compiled = new CompiledCode(50);
  compiled.countBytecode(v8, small);
  compiled.grownBy(0);
  const kept: unknown[] = [];
  const statements = Array.from({ length: 2000 }, (_, i) => `a[${i}] = b(${i}, a);`).join('');
  for (let i = 0; i < 10; i += 1) {
    const made = vm.runInThisContext(`(function (a, b) { ${statements} /* ${i} */ })`) as (
      a: unknown[],
      b: () => number,
    ) => void;
    made([], () => i);
    kept.push(made);
  }
  compiled.countBytecode(v8, small);
  // A statement is four instructions of two to six bytes; with constants and feedback V8 says some 60 bytes.
  expect(compiled.grownBy(0)).toBeGreaterThan(10 * 2000 * 10);
  expect(compiled.grownBy(0)).toBeLessThan(10 * 2000 * 200);
  expect(kept).toHaveLength(10);
});

test('a heap of which that would take long is not gone through', () => {
  const refused = {
    getHeapCodeStatistics: () => {
      throw new Error('asked');
    },
  } as unknown as typeof v8;
  const counted = (maxPauseMs: number, smallObjectBytes: number) => (): void =>
    new CompiledCode(maxPauseMs).countBytecode(refused, { ...small, smallObjectBytes });
  expect(counted(50, 41e6)).not.toThrow();
  expect(counted(50, 39e6)).toThrow('asked');
  // Half of the pause, at 0.4 ms a MB.
  expect(counted(8, 11e6)).not.toThrow();
  expect(counted(8, 9e6)).toThrow('asked');
});
