import { EventEmitter } from 'node:events';
import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Trap } from '../../src/census/trap.ts';

const book = <Result>(work: () => Result): Result => work();
const clock = (): number => 0;

function ownKeys(object: object): PropertyKey[] {
  return Reflect.ownKeys(object);
}

test('names the line that adds, counts who removes, and does what the methods do', () => {
  const map = new Map([['old', 1]]);
  const trap = new Trap('key', [map], 'Map', clock, book);
  const add = runInThisContext(`(map, key) => {\n  return map.set(key, 1);\n}`, {
    filename: '/drawn.js',
  }) as (map: Map<string, number>, key: string) => void;
  for (const key of ['a', 'b', 'c']) add(map, key);
  expect(map.delete('old')).toBe(true);
  const result = trap.remove();
  expect([...map.keys()]).toEqual(['a', 'b', 'c']);
  expect(result).toMatchObject({ set: true, removals: 1 });
  expect(result.additions.map(({ count }) => count)).toEqual([3]);
  // Lines and columns of a script count from 0.
  expect(result.additions[0]?.stack[0]).toMatchObject({ url: '/drawn.js', line: 1, column: 13 });
});

test('of an emitter whose events pile up, who listens for a new one, once each', () => {
  const bus = new EventEmitter();
  bus.on('there already', () => undefined);
  const before = ownKeys(bus);
  const trap = new Trap('key', [bus], 'Object', clock, book);
  const listen = runInThisContext(
    `(bus, event) => {\n  bus.once(event, () => {});\n  bus.on('there already', () => {});\n}`,
    { filename: '/drawn.js' },
  ) as (bus: EventEmitter, event: string) => void;
  for (const event of ['a', 'b', 'c']) listen(bus, event);
  bus.emit('b');
  const result = trap.remove();
  expect(ownKeys(bus)).toEqual(before);
  expect(bus.eventNames()).toEqual(['there already', 'a', 'c']);
  expect(bus.listenerCount('there already')).toBe(4);
  expect(result).toMatchObject({ set: true, removals: 1 });
  expect(result.additions.map(({ count }) => count)).toEqual([3]);
  const [own] = result.additions[0]?.stack.filter(({ url }) => url === '/drawn.js') ?? [];
  expect(own).toMatchObject({ line: 1 });
  // A dictionary of the program's has no such methods.
  expect(new Trap('key', [{ a: 1 }], 'Object', clock, book).remove().set).toBe(false);
});

test.each([
  ['Map', new Map(), 'Map'],
  ['Set', new Set(), 'Set'],
  ['an array', [1, 2], 'Array'],
] as const)('%s has no property more when the trap is gone', (_, container, type) => {
  const before = ownKeys(container);
  const trap = new Trap('key', [container], type, clock, book);
  expect(ownKeys(container).length).toBeGreaterThan(before.length);
  expect(Object.keys(container)).toEqual(
    Object.keys(Object.create(container) as object).concat(Object.keys(container)),
  );
  trap.remove();
  trap.remove();
  expect(ownKeys(container)).toEqual(before);
});

test('Error keeps what the program had set on it', () => {
  const mine = (): string => 'mine';
  const limit = Error.stackTraceLimit;
  Error.prepareStackTrace = mine;
  Error.stackTraceLimit = 3;
  try {
    const list: number[] = [];
    const trap = new Trap('key', [list], 'Array', clock, book);
    list.push(1);
    expect(trap.remove().additions).toHaveLength(1);
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value).toBe(mine);
    expect(Error.stackTraceLimit).toBe(3);
  } finally {
    Error.stackTraceLimit = limit;
    Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
});

describe('the listeners of an EventTarget', () => {
  const trapOn = (target: EventTarget): Trap => new Trap('key', [target], 'listeners', clock, book, 'news');

  test('are trapped on the target, for the one event and for what is new', () => {
    const target = new EventTarget();
    const known = (): void => undefined;
    target.addEventListener('news', known);
    const trap = trapOn(target);
    const add = runInThisContext(`(target, event, listener) => target.addEventListener(event, listener)`, {
      filename: '/drawn.js',
    }) as (target: EventTarget, event: string, listener: () => void) => void;
    add(target, 'news', () => undefined);
    add(target, 'other', () => undefined);
    add(target, 'news', known);
    const never = (): void => undefined;
    target.removeEventListener('news', never);
    target.removeEventListener('news', known);
    const result = trap.remove();
    expect(result).toMatchObject({ set: true, removals: 1 });
    expect(result.additions.map(({ count }) => count)).toEqual([1]);
    expect(result.additions[0]?.stack[0]).toMatchObject({ url: '/drawn.js' });
  });

  test('leave a target as it was, and a listener is called as ever', () => {
    const controller = new AbortController();
    const before = ownKeys(controller.signal);
    const trap = trapOn(controller.signal);
    let called = 0;
    const listener = { handleEvent: () => (called += 1) };
    controller.signal.addEventListener('abort', listener, { once: true });
    expect(Object.keys(controller.signal)).toEqual([]);
    trap.remove();
    expect(ownKeys(controller.signal)).toEqual(before);
    controller.abort();
    expect(called).toBe(1);
  });

  test('an addition that throws throws as ever and is none', () => {
    const target = new EventTarget();
    const trap = trapOn(target);
    expect(() => target.addEventListener.call({} as EventTarget, 'news', () => undefined)).toThrow(TypeError);
    expect(trap.remove().additions).toEqual([]);
  });
});

test('what cannot be shadowed is not trapped, and the result says so', () => {
  expect(new Trap('key', [Object.freeze([1])], 'Array', clock, book).remove().set).toBe(false);
  expect(new Trap('key', [{}], 'Object', clock, book).remove().set).toBe(false);
});

test("a subclass's own method is the one that is called", () => {
  const calls: string[] = [];
  class Noting extends Map<string, number> {
    override set(key: string, value: number): this {
      calls.push(key);
      return super.set(key, value);
    }
  }
  const map = new Noting();
  const trap = new Trap('key', [map], 'Map', clock, book);
  map.set('a', 1);
  trap.remove();
  expect(calls).toEqual(['a']);
  expect(map.get('a')).toBe(1);
});

test('a recorder that fails does not fail the program', () => {
  const list: number[] = [];
  const trap = new Trap('key', [list], 'Array', clock, () => {
    throw new Error('on purpose');
  });
  expect(list.push(7)).toBe(1);
  trap.remove();
  expect(list).toEqual([7]);
});
