import { expect, test } from 'vitest';
import { OwnWork } from '../../src/probe/own-work.ts';

const MB = 1_000_000;

test('without work of ours every collection gives a floor', () => {
  const own = new OwnWork();
  own.seen(false, 1000);
  expect([own.leaves(100, 8 * MB), own.leaves(500, 8 * MB), own.leaves(900, 8 * MB)]).toEqual([
    true,
    true,
    true,
  ]);
});

test('none does while a walk is under way, in the second that it ended in, and the first one after that', () => {
  const own = new OwnWork();
  own.seen(true, 1000);
  expect(own.leaves(500, 12 * MB)).toBe(false);
  own.seen(false, 2000);
  expect(own.leaves(1900, 12 * MB)).toBe(false);
  own.seen(false, 3000);
  expect(own.leaves(2500, 8.4 * MB)).toBe(false);
  expect(own.leaves(2900, 8 * MB)).toBe(true);
});

test('what the tick after a walk forces is the first one after it', () => {
  const own = new OwnWork();
  own.seen(true, 1000);
  own.seen(false, 2015, 2000);
  expect(own.leaves(1990, 12 * MB)).toBe(false);
  expect(own.leaves(2012, 8.4 * MB)).toBe(false);
  own.seen(false, 4010, 4000);
  expect(own.leaves(4008, 8 * MB)).toBe(true);
});

test('after each walk anew', () => {
  const own = new OwnWork();
  for (const startMs of [0, 10_000, 20_000]) {
    own.seen(true, startMs + 1000);
    own.seen(false, startMs + 2000);
    own.seen(false, startMs + 4000);
    expect([own.leaves(startMs + 2500, 8 * MB), own.leaves(startMs + 3500, 8 * MB)]).toEqual([false, true]);
  }
});

test('beside a large heap what is left of ours is nothing', () => {
  const own = new OwnWork();
  own.seen(true, 1000);
  own.seen(false, 2000);
  own.seen(false, 3000);
  expect(own.leaves(2500, 80 * MB)).toBe(true);
});

test('growth of far more than ours counts in the midst of a walk', () => {
  const own = new OwnWork();
  own.seen(false, 1000);
  expect(own.leaves(500, 8 * MB)).toBe(true);
  own.seen(true, 2000);
  expect(own.leaves(1500, 60 * MB)).toBe(false);
  expect(own.leaves(1600, 68 * MB)).toBe(true);
  expect(own.isBeyondOurs(127 * MB)).toBe(false);
  expect(own.isBeyondOurs(128 * MB)).toBe(true);
});
