import { expect, test } from 'vitest';
import type { AgentTick } from '../../src/probe/agent-tick.ts';
import type { ProbeTick } from '../../src/probe/probe.ts';
import { IsolateWatch } from '../../src/session/isolate-watch.ts';
import type { AgentHello } from '../../src/wire/agent-door.ts';
import type { Peer } from '../../src/wire/peer.ts';

const request = {
  gc: 'auto',
  maxPauseMs: 50,
  falseAlarmProbability: 0.001,
  forMs: null,
  until: 'end',
} as const;
const hello = {
  pid: process.pid,
  node: process.version,
  argv: ['node', 'app.js'],
  cwd: '/',
  isolate: 'worker:1',
};
const limits = { effectiveBytes: 4e9, rlimitBytes: null } as never;

function costOf(longestPauseMs: number): AgentTick['cost'] {
  const longestPauseMsByWork = { allocations: longestPauseMs };
  return {
    longestPauseMs,
    totalOnTargetMs: 50,
    longestPauseMsByWork,
    totalMsByWork: {},
    heapBytes: 0,
    forcedGcs: 1,
  };
}

function tickAt(timeMs: number, longestPauseMs: number): AgentTick {
  const sample = { timeMs, rss: 60e6, heapUsed: 10e6, heapTotal: 20e6, external: 1e6, arrayBuffers: 0 };
  const tick = {
    sample: { ...sample, openConnections: 1, activeTimers: 0 },
    gcs: [],
    floors: [],
    opening: null,
  };
  return { ...(tick as unknown as ProbeTick), cost: costOf(longestPauseMs) };
}

/** A watch of an agent that answers as is said, and never answers anything else. */
function watchOf(answers: Readonly<Record<string, unknown>>): { watch: IsolateWatch; end: AbortController } {
  const peer = {
    closed: false,
    notify: () => undefined,
    call: (method: string) =>
      method in answers ? Promise.resolve(answers[method]) : new Promise<never>(() => undefined),
  };
  const isolate = {
    peer: peer as unknown as Peer,
    hello: hello as unknown as AgentHello,
    name: null,
    limits,
  };
  const watch = new IsolateWatch(isolate, request, {
    onChange: () => undefined,
    onOtherEvent: () => undefined,
  });
  return { watch, end: new AbortController() };
}

test('what is done after the last look is in the cost: the agent is asked at the end', async () => {
  const { watch, end } = watchOf({ watch: null, walk: {}, cost: costOf(43) });
  const over = watch.run(end.signal);
  watch.handlers.onEvent?.('tick', tickAt(1000, 0.9));
  expect(watch.report().cost.longestPauseMs).toBe(0.9);
  end.abort();
  await over;
  expect(watch.report().cost.longestPauseMs).toBe(43);
});

test('one that does not answer then has the cost of its last look', async () => {
  const { watch, end } = watchOf({ watch: null, walk: {} });
  const over = watch.run(end.signal);
  watch.handlers.onEvent?.('tick', tickAt(1000, 0.9));
  end.abort();
  await over;
  expect(watch.report().cost.longestPauseMs).toBe(0.9);
});

test('looks after the end tell what they cost, and change nothing else', async () => {
  const { watch, end } = watchOf({ watch: null, walk: {}, cost: costOf(2) });
  const over = watch.run(end.signal);
  watch.handlers.onEvent?.('tick', tickAt(1000, 0.9));
  end.abort();
  await over;
  const { cost: _, ...before } = watch.report();
  watch.handlers.onEvent?.('tick', tickAt(2000, 43));
  const { cost, ...after } = watch.report();
  expect(cost.longestPauseMs).toBe(43);
  expect(after).toEqual(before);
});
