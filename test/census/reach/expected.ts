import { expect } from 'vitest';
import type { Reached } from './walks.ts';

/** What the two walks of program.cjs must have met, with 40 and with 100 of each. */
export function expectReached({ containers, over, keptByTimers, added, traps }: Reached): void {
  expect(traps).toBe(0);
  const grown = (type: string, sizes: readonly number[] = [40, 100]): object => ({ type, sizes });
  expect(containers).toMatchObject({
    'shutdown AbortSignal on(abort)': grown('listeners'),
    'bus EventTarget on(news)': grown('listeners'),
    'parent AbortSignal.any on(abort)': grown('listeners'),
    'Uploads .#open': grown('Map'),
    'derived .#kept': grown('Array'),
    'app .router routes': grown('Array'),
    'join .bound .members': grown('Array'),
    'proxied .observed .observers': grown('Array'),
    // From 64 events on.
    'replies ._events': grown('Object', [100]),
    oldest: grown('chain'),
    head: grown('chain'),
    ring: grown('chain', [41, 101]),
    longChain: grown('chain', [150_040, 150_100]),
    entries: grown('Map'),
    // Counted once; what its elements hold is seen all the same.
    offers: grown('Object', [120_040, 120_040]),
    // No suspect once the keys it was seen with are gone.
    passing: grown('Object', [120_000]),
    'mixed [*]': grown('Map', [20, 20]),
    'requests .getStore() .spans': grown('Array'),
    'requests .getStore() .beats': { type: 'Array' },
  });
  const ofRequest = Object.keys(containers).find((words) => words.endsWith(' .seen'));
  expect(ofRequest).toMatch(/^Socket /);
  expect(containers[ofRequest ?? '']).toEqual(grown('Array'));
  const [before = 0, after = 0] = containers['offers [*] .readers']?.sizes ?? [];
  expect(before).toBeGreaterThan(0);
  expect(after).toBeGreaterThan(before);
  // The entries of the Map are told once, and five versions are no chain.
  for (const name of ['first', 'last', 'version']) expect(Object.keys(containers)).not.toContain(name);
  expect(over).toMatchObject({
    'Uploads .#open': ['Uploads cancelled 50/100'],
    jobs: ['AbortController.controller aborted 50/100'],
    entries: [],
  });
  expect(keptByTimers).toMatchObject({ 'requests .getStore() .beats': true, entries: false });
  const caught = (by: string): object => ({ set: true, functions: [by] });
  expect(added).toMatchObject({
    'shutdown AbortSignal on(abort)': caught('grow'),
    'bus EventTarget on(news)': caught('grow'),
    'parent AbortSignal.any on(abort)': caught('grow'),
    'Uploads .#open': caught('begin'),
    'derived .#kept': caught('keep'),
    'requests .getStore() .spans': caught('grow'),
    'replies ._events': caught('grow'),
    oldest: { set: false, functions: [] },
  });
}
