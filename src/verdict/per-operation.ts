import type { Series } from '../core/series.ts';
import type { MemorySpace, OperationGrowth, Verdict } from '../core/verdict.ts';
import { type FloorPoint, floorPoints } from './floor-points.ts';
import {
  connectionClosed,
  connectionOpened,
  countsAt,
  httpRequest,
  type OperationCounts,
} from './operation-counts.ts';
import { type MeasuredCause, WanderingRegression } from './wandering-regression.ts';
import { warmUpBytes } from './warm-up.ts';

/**
 * What each HTTP request, connection and whatever else the series counts adds to memory: a regression of the floors on the
 * counts (`wandering-regression.ts`). Empty where nothing is counted or the floors are too few.
 *
 * Of connections two things can be told apart, and no more: what one needs while it is open, and what it leaves behind
 * when it has come and gone. That it was opened or that it was closed has the same effect from then on.
 *
 * Time is a cause beside them, for intervals add memory without any operation. Under a load that is even to the last
 * request time and operations rise in step, and then the answer says so instead of naming one.
 *
 * Linear in the floors; some 10 ms for 1,000.
 */
export function growthPerOperation(
  series: Series,
  verdict: Pick<Verdict, 'kind' | 'space' | 'excludedBytesPerSecond'>,
  level: number,
): readonly OperationGrowth[] {
  const points = pointsOf(series, verdict.space ?? 'heap');
  const times = points.map((point) => point.timeMs);
  const operations = causesOf(countsAt(series, times));
  if (points.length < LEAST_FLOORS || points.length < 3 * (operations.length + 2)) return [];
  const seconds = { amounts: times.map((timeMs) => timeMs / 1000), errorVariance: 0 };
  const columns = [
    ...operations.map(({ counts, errorVariance }) => ({ amounts: counts, errorVariance })),
    seconds,
  ];
  const options = { level, leastVariance: Math.max(1, (series.resolutionBytes ?? 1) ** 2 / 12) };
  const sizes = points.map((point) => point.bytes);
  const seen = new WanderingRegression(times, sizes, columns, options);
  // Warming up adds something to the rise, nobody knows how much of what it may: each answer must hold with all and none.
  const bare = new WanderingRegression(
    times,
    points.map((point) => point.bytes - warmUpBytes(point.timeMs)),
    columns,
    options,
  );
  const groups = inseparableGroups(seen, bare);
  const names = [...operations.map(({ operation }) => operation), 'time'];
  const time = 1 << operations.length;
  const byItself = (seen.needs(time) && bare.needs(time)) || groups.some((group) => (group & time) !== 0);
  // Beside growth a tenth of it is nothing; in a steady process, what its verdict leaves possible.
  const spanSeconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const immaterialBytes =
    verdict.excludedBytesPerSecond === null
      ? IMMATERIAL_SHARE * riseOf(seen, columns)
      : verdict.excludedBytesPerSecond * spanSeconds;
  return operations.flatMap(({ operation, counts, count }, cause): OperationGrowth[] => {
    const partners = groups.filter((group) => (group & (1 << cause)) !== 0).reduce((a, b) => a | b, 0);
    const inseparable = names.filter((_, other) => other !== cause && (partners & (1 << other)) !== 0);
    const others = ((1 << columns.length) - 1) & ~partners;
    const bytes = seen.effects(others | (1 << cause))[cause] ?? 0;
    const [asSeen, asBare] = [seen.interval(cause), bare.interval(cause)];
    const interval = [Math.min(asSeen[0], asBare[0]), Math.max(asSeen[1], asBare[1])] as const;
    const possibleBytes = interval[1] * ((counts.at(-1) ?? 0) - (counts[0] ?? 0));
    const immaterial = inseparable.length === 0 && possibleBytes <= immaterialBytes;
    const effect = interval[0] > 0 ? 'some' : immaterial ? 'none' : 'unknown';
    // What goes on by itself may have been begun by an operation: a timer that each connection starts and nobody clears.
    if (effect === 'none' && byItself && verdict.kind === 'leaking') return [];
    return [
      {
        operation,
        count,
        bytes: Math.min(interval[1], Math.max(bytes, interval[0])),
        interval,
        effect,
        inseparableFrom: inseparable,
      },
    ];
  });
}

// With fewer the share of wandering noise is anybody's guess.
const LEAST_FLOORS = 12;
const LEAST_COUNT = 8;
/** Causes are tried in all combinations. */
const MOST_OPERATIONS = 6;
const IMMATERIAL_SHARE = 0.1;

function pointsOf(series: Series, space: MemorySpace): readonly FloorPoint[] {
  let [first, last] = [Infinity, -Infinity];
  for (const { timeMs, inside } of series.samples) {
    if (inside === undefined || !Number.isFinite(timeMs)) continue;
    first = Math.min(first, timeMs);
    last = Math.max(last, timeMs);
  }
  // A log has counters of its own.
  if (first > last) return floorPoints(series, space);
  // Before the first count and after the last nothing is known of operations.
  return floorPoints(series, space).filter(({ timeMs }) => timeMs >= first && timeMs <= last + 1000);
}

type Cause = OperationCounts & { readonly count: number };

/** The operations that happened often enough; connections as the level of those open, and as those that came and went. */
function causesOf(all: readonly OperationCounts[]): readonly Cause[] {
  const closed = all.find(({ operation }) => operation === connectionClosed)?.counts;
  return all
    .map((counted) => {
      const { operation, counts } = counted;
      const count = Math.round(counts.at(-1) ?? 0);
      if (operation !== connectionOpened || closed === undefined) return { ...counted, count };
      return { ...counted, count, counts: counts.map((opened, i) => opened - (closed[i] ?? 0)) };
    })
    .filter(({ counts, count }) => count >= LEAST_COUNT && changesOften(counts))
    .toSorted((a, b) => rankOf(a.operation) - rankOf(b.operation))
    .slice(0, MOST_OPERATIONS);
}

/** A count that rose at once tells a step of memory from no other step. */
function changesOften(counts: readonly number[]): boolean {
  return counts.filter((count, i) => i > 0 && count !== counts[i - 1]).length >= 5;
}

function rankOf(operation: string): number {
  const rank = [connectionClosed, connectionOpened, httpRequest].indexOf(operation);
  return rank < 0 ? 3 : rank;
}

/** The smallest sets of two causes or more of which at least one adds memory and the figures don't say which. */
function inseparableGroups(seen: WanderingRegression, bare: WanderingRegression): readonly number[] {
  const needed: number[] = [];
  const sets = Array.from({ length: 1 << seen.causes }, (_, set) => set).toSorted(
    (a, b) => sizeOf(a) - sizeOf(b),
  );
  for (const set of sets) {
    if (set === 0 || needed.some((smaller) => (smaller & set) === smaller)) continue;
    if (seen.needs(set) && bare.needs(set)) needed.push(set);
  }
  return needed.filter((set) => sizeOf(set) > 1);
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size += 1;
  return size;
}

function riseOf(regression: WanderingRegression, causes: readonly MeasuredCause[]): number {
  return regression
    .effects()
    .reduce(
      (sum, effect, cause) =>
        sum + effect * ((causes[cause]?.amounts.at(-1) ?? 0) - (causes[cause]?.amounts[0] ?? 0)),
      0,
    );
}
