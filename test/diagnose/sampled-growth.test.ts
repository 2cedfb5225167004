import { expect, test } from 'vitest';
import type { AllocationProfile, AllocationStack } from '../../src/core/allocations.ts';
import type { ScriptLocation } from '../../src/core/location.ts';
import { sampledGrowth } from '../../src/diagnose/sampled-growth.ts';
import { Scripts } from '../../src/diagnose/source/script.ts';
import { draw, sourcesOf } from './drawing.ts';

const file = draw(
  '/app/src/orders.js',
  `export function price(order) {
//              ^^ price
  return order.lines.map((line) => line.amount);
}
export function handle(order) { return price(order); }
//              ^^ handle`,
);

function stack(byAge: readonly number[], frames: readonly ScriptLocation[]): AllocationStack {
  const ages = byAge.map((bytes) => ({ bytes, samples: bytes > 0 ? 1 : 0 }));
  return { liveBytes: byAge.reduce((sum, bytes) => sum + bytes, 0), byAge: ages, frames };
}

function profile(stacks: readonly AllocationStack[]): AllocationProfile {
  return { durationMs: 6_000, samplingIntervalBytes: 4_096, liveBytes: 900, stacks };
}

const builtin = (name: string): ScriptLocation => ({
  url: 'node:events',
  line: 499,
  column: 12,
  function: name,
});

test('each place stands once, where the developer wrote it, and stacks refer to it', async () => {
  const { frames, stacks, ...rest } = await sampledGrowth(
    profile([
      stack([10, 10, 0, 0, 5], [file.at('price'), file.at('handle'), builtin('emit')]),
      stack([40, 0, 0, 0, 0], [file.at('handle'), builtin('emit')]),
      stack([0, 0, 0, 0, 70], [{ url: '', line: -1, column: -1, function: '(V8 API)' }]),
    ]),
    15_000,
    new Scripts(sourcesOf(file)),
    '/app',
  );
  expect(rest).toEqual({ fromMs: 9_000, untilMs: 15_000, samplingIntervalBytes: 4_096, liveBytes: 900 });
  expect(frames.map((one) => `${one.function} ${one.file}:${one.line}`)).toEqual([
    `handle src/orders.js:${file.line('handle')}`,
    'emit node:events:500',
    `price src/orders.js:${file.line('price')}`,
    '(V8 API) :0',
  ]);
  // What is young comes last, however much it is.
  expect(stacks).toEqual([
    { liveBytes: 40, lastingBytes: 40, bytesByAge: [40, 0, 0, 0, 0], frames: [0, 1] },
    { liveBytes: 25, lastingBytes: 20, bytesByAge: [10, 10, 0, 0, 5], frames: [2, 0, 1] },
    { liveBytes: 70, lastingBytes: 0, bytesByAge: [0, 0, 0, 0, 70], frames: [3] },
  ]);
});

test('of many stacks and of deep ones the report has a bounded part: the heaviest, and the innermost', async () => {
  const deep = Array.from({ length: 90 }, (_, index) => builtin(`f${index}`));
  const many = Array.from({ length: 120 }, (_, index) => stack([index, 0], deep));
  const { frames, stacks } = await sampledGrowth(profile(many), 9_000, new Scripts(sourcesOf()), '/app');
  expect(stacks.map(({ lastingBytes }) => lastingBytes)).toEqual(
    Array.from({ length: 60 }, (_, index) => 119 - index),
  );
  expect(frames.map((one) => one.function)).toEqual(Array.from({ length: 24 }, (_, index) => `f${index}`));
});
