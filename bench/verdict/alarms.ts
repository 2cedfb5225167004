import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { MemorySpace } from '../../src/core/verdict.ts';
import type { Patience } from '../../src/verdict/persistence.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { type DayFamily, dayFamilies, serviceOf } from '../../test/verdict/days.ts';
import { play } from '../../test/verdict/service.ts';
import { rivals } from './rivals.ts';

const SECONDS = 86_400;
const spaces: readonly MemorySpace[] = ['heap', 'external', 'native'];

/** What was said of one healthy service in one day. */
type Day = {
  readonly seed: number;
  readonly floors: number;
  readonly alarmAtHours: number | undefined;
  /** Whether the evidence for growth sufficed at any floor: what a rule without patience would have called. */
  readonly convinced: boolean;
  readonly space: string | null;
  readonly kindAtEnd: string;
  readonly rivalAlarms: readonly boolean[];
};

export type FamilyDays = { readonly family: DayFamily; readonly days: readonly Day[] };

/**
 * Plays each family for so many days, one seed a day, in as many threads as there are cores. Seeds below 10,000 were looked at while
 * the rules were made.
 */
export async function watchDays(
  count: number,
  firstSeed: number,
  patience: Patience,
  progress: (words: string) => void,
): Promise<readonly FamilyDays[]> {
  const waiting = dayFamilies.map(({ name }) => name);
  const daysByFamily = new Map<string, readonly Day[]>();
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const order: Order = { name, count, firstSeed, patience };
      const worker = new Worker(new URL(import.meta.url), { workerData: order });
      const [days] = (await once(worker, 'message')) as [readonly Day[]];
      daysByFamily.set(name, days);
      progress(`${name}: ${days.filter((day) => day.alarmAtHours !== undefined).length} of ${count}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return dayFamilies.map((family) => ({ family, days: daysByFamily.get(family.name) ?? [] }));
}

type Order = {
  readonly name: string;
  readonly count: number;
  readonly firstSeed: number;
  readonly patience: Patience;
};

/** In a thread of `watchDays`: does what it was given. False in the main one. */
export function watchDaysInThread(): boolean {
  if (parentPort === null) return false;
  const { name, count, firstSeed, patience } = workerData as Order;
  const family = dayFamilies.find((one) => one.name === name);
  if (family === undefined) throw new Error(`there is no family of that name: ${name}`);
  // A thread's port has no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort.postMessage(Array.from({ length: count }, (_, i) => watchDay(family, firstSeed + i, patience)));
  return true;
}

function watchDay(family: DayFamily, seed: number, patience: Patience): Day {
  const { service, random } = serviceOf(family, seed);
  const watcher = new Watcher({ limitBytes: service.limitBytes, patience });
  const others = rivals(service.limitBytes);
  let floors = 0;
  let alarmMs: number | undefined;
  let space: string | null = null;
  let lastMs = 0;
  let convinced = false;
  play(service, SECONDS, random, (tick) => {
    watcher.add(tick);
    floors += tick.floors.length;
    if (tick.floors.length > 0) convinced ||= spaces.some((one) => watcher.isConvinced(one));
    lastMs = tick.sample?.timeMs ?? lastMs;
    for (const rival of others) rival.add(tick);
    if (alarmMs === undefined && watcher.isLeaking) {
      alarmMs = lastMs;
      ({ space } = watcher.verdict(lastMs));
    }
  });
  return {
    seed,
    floors,
    alarmAtHours: alarmMs === undefined ? undefined : alarmMs / 3_600_000,
    convinced,
    space,
    kindAtEnd: watcher.verdict(lastMs).kind,
    rivalAlarms: others.map((rival) => rival.add({ sample: null, gcs: [], floors: [] })),
  };
}

export function alarmsTable(all: readonly FamilyDays[]): string {
  const names = rivals(1).map((rival) => rival.name);
  const groups: readonly { readonly name: string; readonly days: readonly Day[] }[] = [
    ...all.map(({ family, days }) => ({ name: family.name, days })),
    { name: '**all**', days: all.flatMap(({ days }) => days) },
  ];
  const rows = groups.map(({ name, days }) => {
    const alarms = days.filter((day) => day.alarmAtHours !== undefined).length;
    const steady = days.filter((day) => day.kindAtEnd === 'steady').length;
    const floors = Math.round(days.reduce((sum, day) => sum + day.floors, 0) / days.length);
    const convinced = days.filter((day) => day.convinced).length;
    const others = names.map((_, i) => days.filter((day) => day.rivalAlarms[i]).length);
    return `| ${[name, days.length, floors, alarms, convinced, ...others, `${Math.round((100 * steady) / days.length)} %`].join(' | ')} |`;
  });
  const exceptions = all.flatMap(({ family, days }) =>
    days
      .filter((day) => day.alarmAtHours !== undefined)
      .slice(0, 5)
      .map((day) => `${family.name}, seed ${day.seed}: ${day.space} after ${day.alarmAtHours?.toFixed(2)} h`),
  );
  return [
    `| family | days | floors a day | leakline | evidence alone | ${names.join(' | ')} | steady at the end |`,
    `|---|--:|--:|--:|--:|${names.map(() => '--:|').join('')}--:|`,
    ...rows,
    ...(exceptions.length === 0 ? [] : ['', `leakline's: ${exceptions.join('; ')}.`]),
  ].join('\n');
}
