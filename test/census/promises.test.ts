import * as inspector from 'node:inspector';
import { types } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { promisesAmong } from '../../src/census/promises.ts';
import { ScopeReader } from '../../src/census/scopes.ts';
import { estimateElementBytes } from '../../src/census/element-bytes.ts';
import { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

const scopes = new ScopeReader(new InProcessInspector(inspector));
afterEach(() => scopes.close());

function asking<Result>(ask: () => Result): Result {
  scopes.beginSlice();
  try {
    return ask();
  } finally {
    scopes.endSlice();
  }
}

const never = (): Promise<unknown> => new Promise(() => undefined);

test('pending promises are told from settled ones, whichever way they were settled', () => {
  const rejected = Promise.reject(new Error('no'));
  rejected.catch(() => undefined);
  const mixed = [Promise.resolve(1), never(), rejected, { state: 'pending' }];
  expect(asking(() => promisesAmong(mixed, types, scopes))).toEqual({ count: 3, pending: 1 });
  expect(asking(() => promisesAmong([{}], types, scopes))).toBeNull();
});

test('of many only the newest are asked', () => {
  const many = [...Array.from({ length: 30 }, () => Promise.resolve(1)), ...Array.from({ length: 8 }, never)];
  expect(asking(() => promisesAmong(many, types, scopes))).toEqual({ count: 8, pending: 8 });
});

test('a settled promise tells the object it holds, and nothing of the program runs', () => {
  const value = { big: 'x' };
  const loud = Promise.resolve(value);
  void Object.defineProperty(loud, 'constructor', {
    get: () => {
      throw new Error('a getter ran');
    },
  });
  const read = asking(() =>
    [loud, Promise.resolve('text'), never()].map((promise) => scopes.readPromise(promise)),
  );
  expect(read.map((facts) => facts?.state)).toEqual(['fulfilled', 'fulfilled', 'pending']);
  expect(read[0]?.value).toBe(value);
  expect(read[1]?.value).toBeNull();
  expect(asking(() => scopes.readPromise({}))).toBeNull();
});

test('what a promise holds counts for it', () => {
  const holding = Array.from({ length: 2 }, () => Promise.resolve({ text: 'x'.repeat(5000) }));
  const bytes = (): number | null =>
    estimateElementBytes(holding, types, (object) =>
      types.isPromise(object) ? () => [scopes.readPromise(object)?.value] : null,
    );
  expect(asking(bytes)).toBeGreaterThan(5000);
  expect(estimateElementBytes([never(), never()], types, () => null)).toBeLessThan(200);
});
