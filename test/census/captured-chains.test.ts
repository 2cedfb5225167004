import * as inspector from 'node:inspector';
import { types } from 'node:util';
import { compileFunction } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  capturedLink,
  CapturedChainsMet,
  type CapturedLengths,
  sampleCapturedChain,
} from '../../src/census/captured-chains.ts';
import { useProxyCheck } from '../../src/census/own-value.ts';
import { ScopeReader } from '../../src/census/scopes.ts';
import { rootShape, type Shape } from '../../src/census/shape-tree.ts';
import { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

useProxyCheck(types.isProxy);
const scopes = new ScopeReader(new InProcessInspector(inspector));
beforeAll(() => scopes.beginSlice());
afterAll(() => scopes.close());

type List = { readonly number: number; readonly read: () => unknown };
type Program = {
  readonly install: (times: number) => List;
  readonly forget: (times: number) => void;
  readonly wrap: (times: number) => () => unknown;
};

/** Each list that is installed keeps the one before it, and each wrapper what it wraps: so many as the program was told. */
function program(): Program {
  const module = { exports: {} };
  const text = `
    let active = null;
    const lists = [];
    function install(times) {
      for (; times > 0; times -= 1) installOne();
      return active;
    }
    function installOne() {
      let before = active;
      const number = lists.length;
      active = { number, read: () => number, forget: () => { before = null; }, isFirst: () => before === null };
      lists.push(new WeakRef(active));
    }
    let handle = () => 0;
    function wrap(times) {
      for (; times > 0; times -= 1) wrapOnce(handle);
      return handle;
    }
    function wrapOnce(next) {
      handle = () => 1 + next();
    }
    module.exports = { install, wrap, forget: (times) => lists.at(-1 - times).deref().forget() };
  `;
  (compileFunction(text, ['module']) as (module: unknown) => void)(module);
  return module.exports as Program;
}

/** As the walk does: from a value's function to the variables that it captures. */
function countFrom(value: object, variable: string, lengths: CapturedLengths = new Map()): number | null {
  const fn = typeof value === 'function' ? value : (value as List).read;
  const captured = scopes.readFunction(fn)?.scopes()[0]?.object as Record<string, object> | undefined;
  const before = captured?.[variable];
  const link = before === undefined ? null : linkTo(before, fn, variable);
  if (before === undefined || link === null) return null;
  const met = new CapturedChainsMet(lengths);
  met.note(before, link, shapeOf(variable), 1);
  for (;;) {
    const chain = met.advance(scopes);
    if (chain === 'none') return null;
    if (chain !== 'counting') return chain.length;
  }
}

function linkTo(value: object, fn: object, variable: string): ReturnType<typeof capturedLink> {
  return capturedLink({ fn, variable }, value, Reflect.ownKeys(value));
}

function shapeOf(variable: string): Shape {
  return rootShape(variable);
}

test.each([4, 9, 120])('values that keep each other by a captured variable are counted (%i)', (times) => {
  expect(countFrom(program().install(times), 'before')).toBe(times - 1);
});

test('functions that wrap each other are counted', () => {
  // With the innermost, which wraps none.
  expect(countFrom(program().wrap(20), 'next')).toBe(20);
});

test('it ends where the variable was let go', () => {
  const { install, forget } = program();
  const last = install(50);
  forget(10);
  expect(countFrom(last, 'before')).toBe(10);
});

test('of a long one what is new is counted, and what was there is as long as it was', () => {
  const { install } = program();
  const lengths: CapturedLengths = new Map();
  const first = countFrom(install(700), 'before', lengths) ?? 0;
  expect(first).toBe(500);
  expect(countFrom(install(30), 'before', lengths)).toBe(first + 30);
  expect(countFrom(install(100), 'before', lengths)).toBe(first + 130);
});

test('whoever points into a chain points to the same one', () => {
  const { install } = program();
  const last = install(30);
  const met = new CapturedChainsMet(new Map());
  let value: List | null = last;
  for (const name of ['one', 'other']) {
    const captured = scopes.readFunction(value?.read ?? {})?.scopes()[0]?.object as { before: List };
    const link = linkTo(captured.before, value?.read ?? {}, 'before');
    if (link !== null) met.note(captured.before, link, shapeOf(name), 1);
    value = captured.before;
  }
  const lengths: number[] = [];
  for (let chain = met.advance(scopes); chain !== 'none'; chain = met.advance(scopes)) {
    if (chain !== 'counting') lengths.push(chain.length);
  }
  expect(lengths).toEqual([29]);
});

test('a closer look takes the newest', () => {
  const { install } = program();
  const last = install(30);
  const before = sampleCapturedChain(last, 'before', scopes) as List[];
  expect(before.map(({ number }) => number)).toEqual([25, 26, 27, 28, 29]);
});

test('what names itself, or a function of another text, is no link', () => {
  const own = { read: () => own };
  expect(linkTo(own, own.read, 'own')).toBeNull();
  const other = { read: () => 1 };
  expect(linkTo(other, own.read, 'other')).toBeNull();
  expect(linkTo(own.read, own.read, 'read')).toBeNull();
});
