import { afterEach, expect, test } from 'vitest';
import { readHeapGrowth } from '../../src/session/read-heap.ts';
import { programSnapshots } from './snapshots.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Each line that a finding may name carries a mark, so that expectations are read off the program. */
const PROGRAM = `'use strict';
const text = () => Buffer.alloc(3000, 'x' + Math.random()).toString('latin1');
class Change {
  constructor(previous) {
    this.text = text();
    this.previous = previous;
  }
}
let newest = null; // chain
function record() {
  newest = new Change(newest); // linked
}
let active = null; // active
function replace() {
  const old = active; // old
  const unused = () => old;
  active = { text: text(), method() { return 1; } }; // replaced
}
function poll() {
  const page = text();
  setInterval(() => page.length, 9e5).unref(); // timer
}
const step = (times) => {
  for (let at = 0; at < times; at += 1) {
    record();
    replace();
    poll();
  }
  snapshot();
};
module.exports = { step };
step(40); step(30); step(50);
`;

test('what no collection holds is told with its place, its steps and its part of the growth', async () => {
  const run = programSnapshots('server.cjs', PROGRAM);
  cleanups.push(() => run.dispose());
  const { findings } = await readHeapGrowth(run.snapshots);
  const byHolder = new Map(findings.map((finding) => [finding.heldBy.name, finding]));
  const steps = { entriesByFile: [40, 70, 120], addedByStep: [30, 50] };
  expect(byHolder.get('newest')).toMatchObject({
    kind: 'unbounded-collection',
    heldBy: { type: 'chain of objects', size: 120, location: { line: lineOf('chain') } },
    addedAt: { location: { line: lineOf('linked'), function: 'record' } },
    retained: { type: 'Change', count: 120 },
    shouldBeReleased: { words: 'nothing cuts the chain that `newest` holds' },
    growth: steps,
  });
  expect(byHolder.get('active')).toMatchObject({
    kind: 'context-keeps-predecessor',
    heldBy: { type: 'chain of objects', size: 120, location: { line: lineOf('active') } },
    addedAt: { location: { line: lineOf('replaced'), function: 'replace' } },
    explanation: expect.stringContaining('has `old` in it') as string,
    growth: steps,
  });
  expect(byHolder.get('interval')).toMatchObject({
    kind: 'timer-never-cleared',
    heldBy: {
      type: 'Timeout (setInterval)',
      size: 120,
      location: { line: lineOf('timer'), function: 'poll' },
    },
    growth: steps,
  });
  expect(findings).toHaveLength(3);
  for (const { growth } of findings) {
    expect(growth.bytes).toBeGreaterThanOrEqual(80 * 3000);
    expect(growth.share).toBeGreaterThan(0.3);
  }
  expect(findings.reduce((sum, { growth }) => sum + growth.share, 0)).toBeLessThanOrEqual(1);
});

test("a timer on the way to a module's variable is another bug than what the variable keeps", async () => {
  const text = `'use strict';
const kept = []; // kept
const step = (times) => {
  for (let at = 0; at < times; at += 1) {
    const own = Buffer.alloc(2000, 'x' + Math.random()).toString('latin1');
    kept.push({ text: Buffer.alloc(2000, 'y' + Math.random()).toString('latin1') });
    setInterval(() => [own, kept], 9e5).unref(); // armed
  }
  snapshot();
};
step(40); step(30); step(50);
`;
  const run = programSnapshots('server.cjs', text);
  cleanups.push(() => run.dispose());
  const { findings } = await readHeapGrowth(run.snapshots);
  expect(findings.map(({ kind, heldBy }) => [kind, heldBy.name, heldBy.location?.line])).toEqual(
    expect.arrayContaining([
      ['module-level-log', 'kept', lineOf('kept', text)],
      ['timer-never-cleared', 'interval', lineOf('armed', text)],
    ]),
  );
}, 20_000);

function lineOf(mark: string, text: string = PROGRAM): number {
  return text.split('\n').findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
}
