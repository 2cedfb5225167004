import { expect, test } from 'vitest';
import { Governor } from '../../src/probe/governor.ts';

/** Ticks for some seconds, each taking so long; what the governor said, and how far apart the ticks were at the end. */
function watch(seconds: number, msPerTick: number, governor = new Governor(1000)): string[] {
  const said: string[] = [];
  let spentMs = 0;
  for (let nowMs = 0; nowMs <= seconds * 1000; nowMs += governor.everyMs) {
    spentMs += msPerTick;
    const word = governor.judge(nowMs, spentMs);
    if (word !== 'go on') said.push(word);
    if (word === 'stop') break;
  }
  return said;
}

test('half a percent is let be', () => {
  expect(watch(600, 5)).toEqual([]);
});

test('three percent become less than one by ticking a quarter as often', () => {
  const governor = new Governor(1000);
  expect(watch(200, 30, governor)).toEqual(['slower', 'slower']);
  expect(governor.everyMs).toBe(4000);
});

test('what costs a fifth of the time even every sixteen seconds is stopped', () => {
  expect(watch(3600, 4000)).toEqual(['slower', 'slower', 'slower', 'slower', 'stop']);
});

test('when the program has become cheap to watch, the pace comes back', () => {
  const governor = new Governor(1000);
  const said: string[] = [];
  let spentMs = 0;
  for (let nowMs = 0; nowMs <= 300_000; nowMs += governor.everyMs) {
    spentMs += nowMs < 50_000 ? 30 : 1;
    const word = governor.judge(nowMs, spentMs);
    if (word !== 'go on') said.push(word);
  }
  expect(said).toEqual(['slower', 'slower', 'faster', 'faster']);
  expect(governor.everyMs).toBe(1000);
});
