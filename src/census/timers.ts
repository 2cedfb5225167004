import { ownValue } from './own-value.ts';
import { functionKey } from './function-sources.ts';
import type { CensusHost } from './host.ts';

/**
 * Every armed timer of the isolate, by its interval and the source of its callback. Node keeps them in linked lists by
 * duration, in a table only `lib/timers.js` sees: `timerListMap`, read from the scope of `clearTimeout`. Some 0.1 µs a
 * timer; at most 50,000 are counted.
 */
export function listTimers(host: CensusHost): TimerListing[] {
  const table = timerListTable(host);
  if (table === null) return [];
  const groupByKey = new Map<string, { -readonly [Field in keyof TimerListing]: TimerListing[Field] }>();
  let counted = 0;
  for (const duration of Reflect.ownKeys(table)) {
    const list = ownValue(table, duration);
    if (typeof list !== 'object' || list === null) continue;
    for (
      let timer = ownValue(list, '_idleNext');
      typeof timer === 'object' && timer !== null && timer !== list && counted < MAX_TIMERS;
      timer = ownValue(timer, '_idleNext')
    ) {
      counted += 1;
      const callback = ownValue(timer, '_onTimeout');
      if (typeof callback !== 'function' || host.own.has(timer)) continue;
      const repeat = typeof ownValue(timer, '_repeat') === 'number';
      const key = `${String(duration)}|${repeat}|${functionKey(callback)}`;
      const group = groupByKey.get(key);
      if (group === undefined) {
        const intervalMs = Number(duration);
        groupByKey.set(key, { key, repeat, intervalMs, count: 1, callback, samples: [timer] });
      } else {
        group.count += 1;
        if (group.samples.length < SAMPLES) group.samples.push(timer);
      }
    }
  }
  return [...groupByKey.values()];
}

export type TimerListing = {
  readonly key: string;
  readonly repeat: boolean;
  readonly intervalMs: number;
  readonly count: number;
  readonly callback: object;
  readonly samples: object[];
};

const MAX_TIMERS = 50_000;
const SAMPLES = 8;

function timerListTable(host: CensusHost): object | null {
  const facts = host.scopes.readFunction(host.clearTimeout);
  for (const { object } of facts?.scopes() ?? []) {
    const table = ownValue(object, 'timerListMap');
    if (typeof table === 'object' && table !== null) return table;
  }
  return null;
}
