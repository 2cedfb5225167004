import type { CountedContainer } from '../core/counted-container.ts';
import { callOfProgram, type Finding, type Site, type SteadyContainer } from '../core/finding.ts';
import type { CensusSeen, GrowthAccount } from '../core/growth-account.ts';
import type { SampledGrowth } from '../core/sampled-growth.ts';
import type { InsideSample, Series } from '../core/series.ts';
import type { SnapshotCost } from '../core/snapshot-cost.ts';
import type { OperationGrowth, Outlook, Verdict } from '../core/verdict.ts';
import { version } from './version.ts';
import type {
  Comparison,
  ComparisonSide,
  IsolateReport,
  Report,
  ReportFinding,
  ReportSite,
} from './schema.ts';

export type IsolateParts = {
  readonly durationMs: number;
  readonly target: Report['target'];
  /** The log that was judged; a watch has none. */
  readonly source?: Report['source'];
  /** What was asked for, whether or not there is an interval yet. */
  readonly level: number;
  readonly falseAlarmProbability: number;
  /** `null` before the first look. */
  readonly verdict: Verdict | null;
  readonly perOperation: readonly OperationGrowth[];
  readonly outlook: Outlook | null;
  readonly findings: readonly Finding[];
  /** Of a leak that was watched; a judged log has none. */
  readonly account?: AccountParts | null;
  readonly namedAtMs: number | null;
  readonly steadyContainers: readonly SteadyContainer[];
  /** What walks looked at closely; a judged log has none. */
  readonly containers?: readonly CountedContainer[];
  readonly sampledGrowth?: SampledGrowth | null;
  readonly series: Series;
  /** Of a process that was watched on Linux. */
  readonly residentMemory?: IsolateReport['residentMemory'];
  /** The reader asked for one while it was watched. */
  readonly snapshotTaken?: boolean;
  /** What the agent accounted for; `null` before its first word. */
  readonly cost: {
    readonly longestPauseMs: number;
    readonly totalOnTargetMs: number;
    readonly longestPauseMsByWork: Readonly<Record<string, number>>;
    readonly totalMsByWork: Readonly<Record<string, number>>;
    readonly heapBytes: number;
    readonly forcedGcs: number;
  } | null;
};

export type AccountParts = {
  readonly growth: GrowthAccount;
  readonly census: CensusSeen | null;
  readonly snapshot: SnapshotCost | null;
};

/** The versioned document. How the process ended is said where the document says which process it is. */
export function buildReport(parts: {
  readonly startedAt: string | null;
  readonly isolate: IsolateReport;
  readonly others: readonly IsolateReport[];
  readonly exit: Report['target']['exit'];
  readonly notes: readonly string[];
}): Report {
  const { isolate, exit } = parts;
  return {
    schema: 'leakline/report@1',
    leakline: version,
    startedAt: parts.startedAt,
    ...isolate,
    target: { ...isolate.target, exit },
    isolates: parts.others,
    snapshot: null,
    notes: parts.notes,
  };
}

/** What the stages found of one isolate. Times and sizes are rounded to what they are worth. */
export function buildIsolateReport(parts: IsolateParts): IsolateReport {
  const { verdict, series, cost } = parts;
  const growth = verdict?.growth ?? null;
  return {
    durationMs: Math.round(parts.durationMs),
    target: parts.target,
    source: parts.source ?? null,
    verdict: {
      kind: verdict?.kind ?? 'inconclusive',
      space: verdict?.space ?? null,
      decidedAtMs: rounded(verdict?.decidedAtMs ?? null),
      reason: verdict?.reason ?? 'Nothing has been measured yet.',
      watchMoreMs: rounded(verdict?.watchMoreMs ?? null),
      filling: fillingOf(verdict?.filling ?? null),
      excludedBytesPerSecond: rounded(verdict?.excludedBytesPerSecond ?? null),
      slower: slowerOf(verdict?.slower ?? null),
    },
    growth: {
      bytesPerSecond: rounded(growth?.bytesPerSecond ?? null),
      interval: growth === null ? null : [Math.round(growth.interval[0]), Math.round(growth.interval[1])],
      level: parts.level,
      falseAlarmProbability: parts.falseAlarmProbability,
      smallestDetectableBytesPerSecond: rounded(growth?.smallestDetectableBytesPerSecond ?? null),
      perOperation: parts.perOperation.map((growth) => ({
        ...growth,
        bytes: Math.round(growth.bytes),
        interval: [Math.round(growth.interval[0]), Math.round(growth.interval[1])],
      })),
    },
    forecast: parts.outlook,
    findings: parts.findings.map(reportFinding),
    account: accountOf(parts.account ?? null),
    namedAtMs: rounded(parts.namedAtMs),
    steadyContainers: parts.steadyContainers,
    containers: (parts.containers ?? []).map(containerOf),
    sampledGrowth: sampledGrowthOf(parts.sampledGrowth ?? null),
    series: columnsOf(series),
    activeResources: resourcesOf(series),
    residentMemory: parts.residentMemory ?? null,
    gc: series.gcs.map((gc) => ({
      ...gc,
      timeMs: Math.round(gc.timeMs),
      durationMs: tenth(gc.durationMs),
      afterGap: gc.afterGap === true,
    })),
    cost: {
      longestPauseMs: cost === null ? null : tenth(cost.longestPauseMs),
      totalOnTargetMs: cost === null ? null : tenth(cost.totalOnTargetMs),
      // Told apart from the program's own growth only when that stands still; so it is not guessed.
      targetRssBytes: null,
      forcedGcs: cost?.forcedGcs ?? 0,
      snapshotTaken: parts.snapshotTaken ?? false,
      targetHeapBytes: cost === null ? null : cost.heapBytes,
      longestPauseMsByWork: tenths(cost?.longestPauseMsByWork ?? {}),
      totalMsByWork: tenths(cost?.totalMsByWork ?? {}),
    },
  };
}

/** What follows from the other facts, but which no reader should have to find out. */
export function reportFinding(finding: Finding): ReportFinding {
  const { retained, trap, excerpts, addedAt, allocatedAt, usedAt } = finding;
  const { nodes: _, ...heldBy } = finding.heldBy;
  return {
    ...finding,
    heldBy,
    path: finding.path ?? [],
    retained: { ...retained, bytesAtLeast: retained.bytesAtLeast ?? false },
    addedAt: siteOf(addedAt),
    allocatedAt: siteOf(allocatedAt),
    usedAt: usedAt ?? null,
    endless: finding.endless ?? null,
    trap: trap ?? null,
    excerpts: excerpts ?? [],
  };
}

function siteOf(site: Site | null): ReportSite | null {
  return site === null ? null : { ...site, calledFrom: callOfProgram(site) };
}

function containerOf(container: CountedContainer): Report['containers'][number] {
  const { growthPerSecond, counts } = container;
  return {
    ...container,
    growthPerSecond: growthPerSecond === null ? null : Number(growthPerSecond.toPrecision(4)),
    counts: counts.map(({ timeMs, size }) => ({ timeMs: Math.round(timeMs), size: Math.round(size) })),
  };
}

function sampledGrowthOf(growth: SampledGrowth | null): Report['sampledGrowth'] {
  if (growth === null) return null;
  return {
    ...growth,
    fromMs: Math.round(growth.fromMs),
    untilMs: Math.round(growth.untilMs),
    samplingIntervalBytes: Math.round(growth.samplingIntervalBytes),
    liveBytes: Math.round(growth.liveBytes),
    stacks: growth.stacks.map((stack) => ({
      ...stack,
      liveBytes: Math.round(stack.liveBytes),
      lastingBytes: Math.round(stack.lastingBytes),
      bytesByAge: stack.bytesByAge.map(Math.round),
    })),
  };
}

function accountOf(parts: AccountParts | null): Report['account'] {
  if (parts === null) return null;
  const { growth, census, snapshot } = parts;
  return {
    explainedBytesPerSecond: rounded(growth.explainedBytesPerSecond),
    unexplainedBytesPerSecond: rounded(growth.unexplainedBytesPerSecond),
    sufficient: growth.sufficient,
    heldBack: growth.heldBack.map(reportFinding),
    census,
    snapshot:
      snapshot === null
        ? null
        : {
            heapBytes: Math.round(snapshot.heapBytes),
            pauseMs: [Math.round(snapshot.pauseMs[0]), Math.round(snapshot.pauseMs[1])],
            memoryBytes: [Math.round(snapshot.memoryBytes[0]), Math.round(snapshot.memoryBytes[1])],
          },
  };
}

function fillingOf(filling: Verdict['filling']): Report['verdict']['filling'] {
  if (filling === null) return null;
  const { share, expectedBytes, interval } = filling;
  return {
    share: Math.round(share * 1000) / 1000,
    expectedBytes: Math.round(expectedBytes),
    interval: [Math.round(interval[0]), Math.round(interval[1])],
  };
}

function slowerOf(slower: Verdict['slower']): Report['verdict']['slower'] {
  if (slower === null) return null;
  return { bytesPerSecond: Math.round(slower.bytesPerSecond), needsMs: Math.round(slower.needsMs) };
}

/** Two sides, watched at the same time. The difference is the second's growth minus the first's; the interval adds both. */
export function buildComparison(
  sides: readonly ComparisonSide[],
  scenario: Comparison['scenario'],
): Comparison {
  return { schema: 'leakline/comparison@1', sides, difference: differenceOf(sides), scenario };
}

function differenceOf(sides: readonly ComparisonSide[]): Comparison['difference'] {
  const [left, right] = sides.map((side) => side.report.growth);
  if (!left || !right || left.bytesPerSecond === null || right.bytesPerSecond === null) return null;
  if (left.interval === null || right.interval === null) return null;
  // Wider than the sum of squares would allow, and so true at the level of both together.
  return {
    bytesPerSecond: right.bytesPerSecond - left.bytesPerSecond,
    interval: [right.interval[0] - left.interval[1], right.interval[1] - left.interval[0]],
  };
}

function columnsOf({ samples, floors }: Series): Report['series'] {
  return {
    timeMs: samples.map((sample) => Math.round(sample.timeMs)),
    rss: samples.map((sample) => known(sample.rss)),
    heapUsed: samples.map((sample) => known(sample.heapUsed)),
    heapTotal: samples.map((sample) => known(sample.heapTotal)),
    external: samples.map((sample) => known(sample.external)),
    arrayBuffers: samples.map((sample) => known(sample.arrayBuffers)),
    openConnections: samples.map((sample) => known(sample.openConnections)),
    ...insideColumns(samples.map((sample) => sample.inside)),
    floor: floors.map((floor) => ({
      timeMs: Math.round(floor.timeMs),
      bytes: floor.heapBytes,
      externalBytes: known(floor.externalBytes),
    })),
  };
}

function resourcesOf({ samples }: Series): Report['activeResources'] {
  const first = samples[0]?.inside;
  const last = samples.at(-1)?.inside;
  if (first === undefined || last === undefined) return null;
  return { first: first.activeResources, last: last.activeResources };
}

function insideColumns(samples: readonly (InsideSample | undefined)[]): InsideColumns {
  const column = (read: (inside: InsideSample) => number): (number | null)[] =>
    samples.map((inside) => (inside === undefined ? null : read(inside)));
  return {
    loopDelayMs: column(({ loopDelayMs }) => tenth(loopDelayMs)),
    loopUtilization: column(({ loopUtilization }) => Math.round(loopUtilization * 1000) / 1000),
    httpRequests: column(({ httpRequests }) => httpRequests),
    connectionsOpened: column(({ connectionsOpened }) => connectionsOpened),
    connectionsClosed: column(({ connectionsClosed }) => connectionsClosed),
    spaces: {
      young: column(({ spaces }) => spaces.young),
      old: column(({ spaces }) => spaces.old),
      large: column(({ spaces }) => spaces.large),
      code: column(({ spaces }) => spaces.code),
    },
  };
}

type InsideColumns = Pick<
  Report['series'],
  'loopDelayMs' | 'loopUtilization' | 'httpRequests' | 'connectionsOpened' | 'connectionsClosed' | 'spaces'
>;

/** JSON has no NaN: what a log does not tell is `null`. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function tenths(msByWork: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(msByWork).map(([work, ms]) => [work, tenth(ms)]));
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
