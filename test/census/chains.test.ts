import { types } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ChainCount, linksOf, sampleChain } from '../../src/census/chains.ts';
import { useProxyCheck } from '../../src/census/own-value.ts';

useProxyCheck(types.isProxy);

type Node = { readonly number: number; next: unknown };

/** From 0 at the head; `end` stands where the last one leads. */
function chainOf(length: number, end: unknown = null): Node {
  let next = end;
  for (let number = length - 1; number > 0; number -= 1) next = { number, next };
  return { number: 0, next };
}

function counted(head: object, link: PropertyKey, linksAtATime = 1000): ChainCount {
  const count = new ChainCount(head, link);
  while (count.state === 'counting') count.advance(linksAtATime);
  return count;
}

describe('a property leads to another of its kind', () => {
  const links = (object: object): PropertyKey[] => linksOf(object, Reflect.ownKeys(object));

  test('if that one has it too, with another behind it or nothing', () => {
    expect(links(chainOf(3))).toEqual(['next']);
    expect(links(chainOf(2))).toEqual(['next']);
    const symbol = Symbol('next');
    expect(links({ [symbol]: { [symbol]: null } })).toEqual([symbol]);
  });

  test('not if it is of another class, a collection, a proxy or a getter', () => {
    class Tree {
      next = { next: null };
    }
    expect(links(new Tree())).toEqual([]);
    expect(links({ next: [{ next: null }] })).toEqual([]);
    expect(links({ next: {} })).toEqual([]);
    expect(links({ next: new Proxy({ next: null }, {}) })).toEqual([]);
    expect(
      links({
        get next() {
          throw new Error('called');
        },
      }),
    ).toEqual([]);
  });
});

describe('a chain is counted', () => {
  test.each([1, 2, 7, 1000])('to its end, whatever fits into a slice (%i)', (atATime) => {
    const count = counted(chainOf(500), 'next', atATime);
    expect([count.state, count.length]).toEqual(['ended', 499]);
    expect(count.at).toEqual({ number: 499, next: null });
  });

  test('to where it stops being one', () => {
    expect(counted(chainOf(5, new Map()), 'next')).toMatchObject({ state: 'ended', length: 4 });
    expect(counted(chainOf(5, 'text'), 'next')).toMatchObject({ state: 'ended', length: 4 });
  });

  test('once around, if it is a ring', () => {
    const ring = chainOf(60);
    let last = ring;
    while (last.next !== null) last = last.next as Node;
    last.next = ring;
    expect(counted(ring, 'next')).toMatchObject({ state: 'closed', length: 59 });
  });

  test('and ends, if it runs into a ring', () => {
    const ring = chainOf(30);
    let last = ring;
    while (last.next !== null) last = last.next as Node;
    last.next = ring;
    expect(counted(chainOf(100, ring), 'next').state).toBe('closed');
  });

  test('up to half a million', () => {
    expect(counted(chainOf(600_000), 'next')).toMatchObject({ state: 'too long', length: 500_000 });
  });
});

test('a look samples what is near the head and what is far', () => {
  const numbers = sampleChain(chainOf(100), 32).map((node) => (node as Node).number);
  expect(numbers.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(numbers.at(-1)).toBe(99);
});
