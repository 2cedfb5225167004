import * as inspector from 'node:inspector';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { AllocationSampler } from '../../src/capture/allocation-sampler.ts';
import { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

const INTERVAL = 65_536;
const isOurs = (url: string): boolean => url === '/ours.js';

function sampler(): AllocationSampler {
  return new AllocationSampler(new InProcessInspector(inspector), () => performance.now(), isOurs);
}

type Make = (count: number, into: unknown[]) => void;

/** A function in a script of its own: keeps `count` arrays of 1,000 doubles, 8,016 bytes each, and drops as many. */
function makerIn(filename: string): Make {
  return runInThisContext(
    `(count, into) => {
  for (let made = 0; made < count; made += 1) {
    into.push(new Array(1000).fill(0.5));
    new Array(1000).fill(0.5);
  }
}`,
    { filename },
  ) as Make;
}

test('estimates the bytes of what lives, tells the function, and leaves out what died and what is ours', () => {
  const kept: unknown[] = [];
  const window = sampler();
  expect(window.start(INTERVAL)).toBe(true);
  makerIn('/kept.js')(4000, kept);
  makerIn('/ours.js')(4000, kept);
  const profile = window.finish();
  const of = (url: string): number =>
    profile.stacks
      .filter(({ frames }) => frames[0]?.url === url)
      .reduce((sum, stack) => sum + stack.liveBytes, 0);
  const bytes = 4000 * 8016;
  // Some 490 samples: five standard deviations are 23 %.
  expect(of('/kept.js')).toBeGreaterThan(bytes * 0.75);
  expect(of('/kept.js')).toBeLessThan(bytes * 1.25);
  expect(of('/ours.js')).toBe(0);
  expect(profile.liveBytes).toBeGreaterThan(bytes * 1.5);
  expect(profile.stacks[0]?.frames[0]).toMatchObject({ url: '/kept.js', line: 0 });
  expect(kept).toHaveLength(8000);
});

test("somebody else's sampler goes on, and ours does not begin", () => {
  const theirs = new inspector.Session();
  theirs.connect();
  theirs.post('HeapProfiler.startSampling', { samplingInterval: INTERVAL });
  const kept: unknown[] = [];
  try {
    expect(sampler().start(INTERVAL * 4)).toBe(false);
    makerIn('/theirs.js')(2000, kept);
    let text = '';
    let failure: Error | null = null;
    theirs.post('HeapProfiler.stopSampling', (error, result) => {
      failure = error;
      text = JSON.stringify(result);
    });
    expect(failure).toBeNull();
    expect(text).toContain('/theirs.js');
  } finally {
    theirs.disconnect();
  }
});

test('a window that is given up leaves no sampler behind', () => {
  const window = sampler();
  expect(window.start(INTERVAL)).toBe(true);
  window.cancel();
  const session = new inspector.Session();
  session.connect();
  let message = '';
  session.post('HeapProfiler.getSamplingProfile', (error) => {
    message = error?.message ?? '';
  });
  session.disconnect();
  expect(message).toContain('was not started');
});

test('tells when what lives was made: of a leak as much in each part, of what was made once in one part alone', () => {
  const kept: unknown[] = [];
  const dropped: unknown[] = [];
  const [leak, once, young] = [makerIn('/leak.js'), makerIn('/once.js'), makerIn('/young.js')];
  // V8 makes a function's code and feedback at its first calls.
  for (let round = 0; round < 50; round += 1) for (const make of [leak, once, young]) make(20, []);
  const window = sampler();
  // An eighth of an array's size, so that of 2,000 arrays one or none is missed.
  expect(window.start(1024)).toBe(true);
  for (let round = 0; round < 50; round += 1) {
    leak(20, kept);
    if (round === 5) once(20, kept);
    // What is in use for a moment: of each round only the last is held.
    dropped.length = 0;
    young(20, dropped);
  }
  const { stacks } = window.finish();
  const bytesByAge = (url: string): number[] =>
    stacks
      .filter(({ frames }) => frames[0]?.url === url)
      .reduce((sums, { byAge }) => byAge.map(({ bytes }, age) => (sums[age] ?? 0) + bytes), [] as number[]);
  // Ten of the fifty rounds, of 20 arrays each.
  const part = 10 * 20 * 8016;
  expect(bytesByAge('/leak.js')).toHaveLength(5);
  for (const bytes of bytesByAge('/leak.js')) {
    expect(bytes).toBeGreaterThan(part * 0.85);
    expect(bytes).toBeLessThan(part * 1.15);
  }
  // An array and a half: V8 may still make code of them.
  const isMore = (bytes: number): boolean => bytes > 12_000;
  expect(bytesByAge('/once.js').map(isMore)).toEqual([true, false, false, false, false]);
  expect(bytesByAge('/young.js').map(isMore)).toEqual([false, false, false, false, true]);
  const total = stacks.find(({ frames }) => frames[0]?.url === '/leak.js');
  expect(total?.byAge.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(part * 4);
  expect(kept.length + dropped.length).toBe(50 * 20 + 20 + 20);
});
