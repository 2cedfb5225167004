import * as inspector from 'node:inspector';
import { types } from 'node:util';
import { compileFunction } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CensusHost } from '../../src/census/host.ts';
import { estimateElementBytes } from '../../src/census/element-bytes.ts';
import { hiddenOf } from '../../src/census/hidden.ts';
import { OwnCaptures } from '../../src/census/own-captures.ts';
import { ScopeReader } from '../../src/census/scopes.ts';
import { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

const scopes = new ScopeReader(new InProcessInspector(inspector));
beforeAll(() => scopes.beginSlice());
afterAll(() => scopes.close());

type Make = (number: number) => (...values: readonly unknown[]) => unknown;

/** As Node compiles a CommonJS module: a function without a name around its text. */
function moduleOf(text: string): { make: Make } {
  const module = { exports: {} as { make: Make } };
  (compileFunction(text, ['module']) as (module: unknown) => void)(module);
  return module.exports;
}

const ofEach = (...functions: readonly object[]): readonly (readonly unknown[])[] => {
  const captures = new OwnCaptures({ scopes } as unknown as CensusHost);
  return functions.map((one) => captures.of(one));
};

test('a closure in a module of which nothing is captured keeps its variables', () => {
  const { make } = moduleOf(
    'module.exports.make = function make(n) { const own = { n }; return () => own; };',
  );
  const [one, other] = [make(1), make(2)];
  expect(ofEach(one, other)).toEqual([[one()], [other()]]);
});

test('of a module of which something is captured only what is not the module’s counts', () => {
  const { make } = moduleOf(`
    const everybodys = { large: true };
    module.exports.make = function make(n) { const own = { n }; return () => (everybodys.large ? own : null); };
  `);
  const [one, other] = [make(1), make(2)];
  expect(ofEach(one, other)).toEqual([[one()], [other()]]);
});

test('around a callback without a name it takes two to tell: the first may have a module’s', () => {
  const { make } = moduleOf('[module.exports.make] = [(n) => { const own = { n }; return () => own; }];');
  const [one, other, third] = [make(1), make(2), make(3)];
  expect(ofEach(one, other, third)).toEqual([[], [other()], [third()]]);
});

test('a bound function keeps what is bound, and what the function keeps that it calls', () => {
  const { make } = moduleOf(
    'module.exports.make = function make(n) { const own = { n }; return () => own; };',
  );
  const [receiver, argument] = [{ receiver: true }, { argument: true }];
  const called = make(1);
  const [kept] = ofEach(called.bind(receiver, argument, 5));
  expect(kept).toEqual([receiver, argument, called()]);
});

test('a native function keeps nothing that could be told', () => {
  expect(ofEach(Math.max, setTimeout)[0]).toEqual([]);
});

test('what instances have in private fields counts for them, and so does a text that is captured', () => {
  class Dashboard {
    #rows: object[];
    #title: string;
    constructor(number: number) {
      this.#rows = Array.from({ length: 32 }, (_, row) => ({ number, row }));
      this.#title = 'x'.repeat(1000);
    }
    show(): string {
      return `${this.#title} ${this.#rows.length}`;
    }
  }
  const shown = [1, 2, 3].map((number) => {
    const dashboard = new Dashboard(number);
    return dashboard.show.bind(dashboard);
  });
  const { make } = moduleOf(
    "module.exports.make = function make(n) { const text = 'y'.repeat(5000) + n; return () => text; };",
  );
  const host = { scopes, types } as unknown as CensusHost;
  // 32 rows of 40 bytes and their slots, and the title: what V8 itself counts for such an instance is some 2.7 KB.
  const bytes = estimateElementBytes(shown, types, hiddenOf(host)) ?? 0;
  expect(bytes).toBeGreaterThan(1350);
  expect(bytes).toBeLessThan(5400);
  expect(estimateElementBytes([make(1), make(2)], types, hiddenOf(host))).toBeGreaterThan(5000);
});
