import { types } from 'node:util';
import { expect, test } from 'vitest';
import { ChainsMet, type CountedChain } from '../../src/census/chains-met.ts';
import { useProxyCheck } from '../../src/census/own-value.ts';
import { childShape, rootShape, type Shape } from '../../src/census/shape-tree.ts';

useProxyCheck(types.isProxy);

type Node = { before: Node | null; after: Node | null };

/** The first and the last of so many, each led to the next and to the one before. */
function doubleChain(length: number): { first: Node; last: Node } {
  const first: Node = { before: null, after: null };
  let last = first;
  for (let made = 1; made < length; made += 1) {
    const node: Node = { before: last, after: null };
    last.after = node;
    last = node;
  }
  return { first, last };
}

function held(name: string): Shape {
  return childShape(rootShape('modules'), `.${name}`, () => ({
    kind: 'property',
    name,
    owner: 'Object',
    constructorRef: null,
    private: false,
  }));
}

function counted(chains: ChainsMet): CountedChain[] {
  const found: CountedChain[] = [];
  for (let chain = chains.advance(); chain !== 'none'; chain = chains.advance()) {
    if (chain !== 'counting') found.push(chain);
  }
  return found;
}

test('a chain is told once, though both of its ends are held', () => {
  const { first, last } = doubleChain(40);
  const chains = new ChainsMet();
  chains.note(first, ['after'], held('first'), 1);
  chains.note(last, ['before'], held('last'), 1);
  expect(counted(chains).map(({ shape, length, isContainer }) => [shape.key, length, isContainer])).toEqual([
    ['<modules>.first', 40, true],
  ]);
});

test('from its middle it is as long as from its ends', () => {
  const { first } = doubleChain(60);
  let middle = first;
  for (let step = 0; step < 20; step += 1) middle = middle.after ?? middle;
  const chains = new ChainsMet();
  chains.note(middle, ['before', 'after'], held('middle'), 1);
  expect(counted(chains).map(({ length }) => length)).toEqual([60]);
});

test('too few are no chain, and what leads on is told instead', () => {
  const chains = new ChainsMet();
  chains.note(doubleChain(16).first, ['after'], held('first'), 1);
  expect(counted(chains)).toMatchObject([{ links: ['after'], nodes: [], isContainer: false }]);
});

test('the order of a collection’s elements is no container beside it', () => {
  const { first } = doubleChain(100);
  const element = (size: number): Shape =>
    childShape(held('entries'), '[*]', () => ({ kind: 'element', of: 'Map', size }));
  const isContainerBeside = (size: number): boolean => {
    const chains = new ChainsMet();
    if (first.after !== null) chains.note(first.after, ['before', 'after'], element(size), 1);
    chains.note(first, ['after'], held('first'), 1);
    return counted(chains)[0]?.isContainer ?? false;
  };
  expect([100, 98, 500].map(isContainerBeside)).toEqual([false, false, true]);
});

test('no walk follows more than a million links, and it says so', () => {
  const { first } = doubleChain(450_000);
  const { first: other } = doubleChain(450_000);
  const { first: third } = doubleChain(450_000);
  const chains = new ChainsMet();
  for (const head of [first, other, third]) chains.note(head, ['after'], held('first'), 1);
  expect(counted(chains)).toHaveLength(2);
  expect(chains.truncated).toBe(true);
});
