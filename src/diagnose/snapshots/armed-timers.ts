import type { PathStep, TimerGroup } from '../../core/census.ts';
import type { ScriptLocation } from '../../core/location.ts';
import type { Heap } from '../../heap/heap.ts';
import type { NodeOrdinal } from '../../heap/heap-graph.ts';
import { repeats } from './retainer-steps.ts';
import type { SnapshotScripts } from './snapshot-scripts.ts';

/**
 * The links of a chain as armed timers, as the census has them, if that is what they are: Node keeps those of one duration in a list
 * (`lib/internal/timers.js`). A list can have timers of several callbacks; those of the commonest are meant. `null` for other chains.
 */
export function armedTimers(
  heap: Heap,
  links: readonly NodeOrdinal[],
  scripts: SnapshotScripts,
): { readonly steps: PathStep[]; readonly timers: TimerGroup[] } | null {
  if (links.length === 0) return null;
  const groups = new Map<string, { count: number; repeat: boolean; callback: ScriptLocation | null }>();
  for (const timeout of links) {
    const to = [...heap.edges(timeout)].find(
      ({ type, name }) => type === 'property' && name === '_onTimeout',
    )?.to;
    if (to === undefined) return null;
    const callback = scripts.locationOf(to);
    const repeat = repeats(heap, timeout);
    const key = `${callback?.url}:${callback?.line}:${callback?.column} ${repeat}`;
    const group = groups.get(key) ?? { count: 0, repeat, callback };
    group.count += 1;
    groups.set(key, group);
  }
  const [group] = [...groups.values()].sort((a, b) => b.count - a.count);
  if (group === undefined) return null;
  const { repeat, callback } = group;
  return {
    steps: [
      { kind: 'root', name: 'timers' },
      { kind: 'timer', repeat, callback },
    ],
    timers: [{ ...group, intervalMs: null }],
  };
}
