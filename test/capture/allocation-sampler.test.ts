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
