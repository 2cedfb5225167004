import type { LiveSide, LiveView } from '../../src/report/live.ts';
import { heapSummary } from './heaps.ts';
import type {
  Comparison,
  ComparisonSide,
  Report,
  ReportFinding,
  ReportLocation,
  ResidentMemory,
} from '../../src/report/schema.ts';

const MB = 1_000_000;

/** The story's right side: seven sessions whose history grows, 23 s into the watch. */
export function leakingReport(changes: Partial<Report> = {}): Report {
  return {
    ...emptyReport(4242, 'node --enable-source-maps server.js', 23_120),
    verdict: {
      kind: 'leaking',
      space: 'heap',
      decidedAtMs: 9_100,
      reason: 'The floor rose after every one of 11 major GCs.',
      watchMoreMs: null,
      filling: null,
      excludedBytesPerSecond: null,
      slower: null,
    },
    growth: {
      bytesPerSecond: 56 * MB,
      interval: [55.2 * MB, 57 * MB],
      level: 0.99,
      falseAlarmProbability: 0.01,
      smallestDetectableBytesPerSecond: 210_000,
      perOperation: [],
    },
    forecast: {
      limitBytes: 4_345_298_944,
      secondsToLimit: 57,
      interval: [56, 58],
      level: 0.99,
      which: 'heap',
      doubled: { limitBytes: 8_690_597_888, which: 'heap', secondsGained: 78, interval: [76, 79] },
    },
    findings: [sessionsFinding()],
    namedAtMs: 9_300,
    steadyContainers: [{ name: 'routeCache', type: 'Map', size: 128, watchedMs: 20_000 }],
    containers: countedContainers(),
    sampledGrowth: sampledGrowth(),
    ...memory(24, (second) => 30 * MB + Math.max(0, second - 2) * 56 * MB),
    cost: {
      longestPauseMs: 9,
      totalOnTargetMs: 310,
      targetRssBytes: 2_100_000,
      forcedGcs: 0,
      snapshotTaken: false,
      targetHeapBytes: 2_100_000,
      longestPauseMsByWork: { census: 9, sample: 0.4 },
      totalMsByWork: { census: 290, sample: 20 },
    },
    ...changes,
  };
}

/** What five walks counted: one container that grows, one that is renewed now and then, and one that stays. */
export function countedContainers(): Report['containers'] {
  const walksMs = [1_100, 4_200, 8_900, 14_300, 21_400];
  const counts = (size: (walk: number) => number): Report['containers'][number]['counts'] =>
    walksMs.map((timeMs, walk) => ({ timeMs, size: size(walk) }));
  return [
    {
      name: 'history in sessions',
      type: 'Array',
      location: location('src/server.ts', 8, null),
      instances: 7,
      growthPerSecond: 6.897,
      counts: counts((walk) => [0, 14, 49, 91, 140][walk] ?? 0),
    },
    {
      name: 'recentPaths',
      type: 'Set',
      location: location('src/metrics.ts', 31, null),
      instances: 1,
      growthPerSecond: 0.0985,
      counts: counts((walk) => [40, 41, 38, 44, 42][walk] ?? 0),
    },
    {
      name: 'routeCache',
      type: 'Map',
      location: location('src/routes.ts', 4, null),
      instances: 1,
      growthPerSecond: 0,
      counts: counts(() => 128),
    },
  ];
}

/** What a window of 6 s saw: the leak's own stack, a package on the program's behalf, and Node's own. */
export function sampledGrowth(): NonNullable<Report['sampledGrowth']> {
  const node = (name: string, file: string): ReportLocation => location(`node:${file}`, 500, name);
  const frames = [
    location('src/server.ts', 10, 'onTick'),
    node('listOnTimeout', 'internal/timers'),
    node('processTimers', 'internal/timers'),
    location('node_modules/ws/lib/receiver.js', 640, 'dataMessage', 'ws'),
    location('node_modules/ws/lib/receiver.js', 210, 'startLoop', 'ws'),
    location('src/server.ts', 21, 'onMessage'),
    node('emit', 'events'),
  ];
  return {
    fromMs: 9_400,
    untilMs: 15_400,
    samplingIntervalBytes: 524_288,
    liveBytes: 352 * MB,
    frames,
    stacks: [
      {
        liveBytes: 330 * MB,
        lastingBytes: 264 * MB,
        bytesByAge: fifths(66, 66, 66, 66, 66),
        frames: [0, 1, 2],
      },
      { liveBytes: 12 * MB, lastingBytes: 9 * MB, bytesByAge: fifths(2, 3, 2, 2, 3), frames: [3, 4, 6] },
      { liveBytes: 6 * MB, lastingBytes: 5 * MB, bytesByAge: fifths(5, 0, 0, 0, 1), frames: [5, 3, 4, 6] },
      { liveBytes: 3 * MB, lastingBytes: 2 * MB, bytesByAge: fifths(0, 1, 0, 1, 1), frames: [2] },
      { liveBytes: MB, lastingBytes: 0, bytesByAge: fifths(0, 0, 0, 0, 1), frames: [6] },
    ],
  };
}

function fifths(...megabytes: readonly number[]): number[] {
  return megabytes.map((size) => size * MB);
}

/** The same server with its clean-up. */
export function steadyReport(changes: Partial<Report> = {}): Report {
  return {
    ...emptyReport(4243, 'node --enable-source-maps server.js', 23_120),
    verdict: {
      kind: 'steady',
      space: null,
      decidedAtMs: 21_000,
      reason: 'The floor stayed between 30.1 MB and 30.4 MB over 11 major GCs.',
      watchMoreMs: null,
      filling: null,
      excludedBytesPerSecond: null,
      slower: null,
    },
    growth: {
      bytesPerSecond: 1_200,
      interval: [-14_000, 16_000],
      level: 0.99,
      falseAlarmProbability: 0.01,
      smallestDetectableBytesPerSecond: 210_000,
      perOperation: [],
    },
    steadyContainers: [{ name: 'routeCache', type: 'Map', size: 128, watchedMs: 20_000 }],
    ...memory(24, steadyFloor),
    cost: { ...emptyReport(0, '', 0).cost, longestPauseMs: 4, totalOnTargetMs: 42 },
    ...changes,
  };
}

/** Up and down between 30.1 and 30.4 MB. */
function steadyFloor(second: number): number {
  return (second % 4 === 0 ? 30.4 : 30.1) * MB;
}

/** Of a log, by the path that was typed. */
export function logReport(file: string): Report {
  const report = leakingReport();
  return {
    ...report,
    target: { ...report.target, pid: null, command: null },
    source: { file, format: 'gc-trace', lines: 24, linesUsed: 24, linesUnreadable: 0 },
  };
}

/** Too little seen to say anything. */
export function inconclusiveReport(changes: Partial<Report> = {}): Report {
  return {
    ...emptyReport(4244, 'node dist/index.mjs --port 8080', 5_000),
    target: { ...emptyReport(4244, 'node dist/index.mjs --port 8080', 0).target, isolate: 'worker:3' },
    verdict: {
      kind: 'inconclusive',
      space: null,
      decidedAtMs: null,
      reason: 'Only 2 major GCs were seen, and at least 5 are needed for a slope.',
      watchMoreMs: 25_000,
      filling: null,
      excludedBytesPerSecond: null,
      slower: null,
    },
    ...memory(5, () => 30 * MB),
    notes: ['The census was cut short after 2 s: containers further from a root were not looked at.'],
    ...changes,
  };
}

/** A debugger of somebody else's is connected: what is measured is measured beside it. */
export function contendedReport(): Report {
  const report = inconclusiveReport();
  return {
    ...report,
    durationMs: 7_044,
    target: { ...report.target, isolate: 'main' },
    ...memory(8, () => 30 * MB),
    verdict: {
      ...report.verdict,
      reason: '3 collections in 7 s are too few to judge by',
      watchMoreMs: 3_000,
    },
    notes: [
      'Contended: another debugger is connected to this process. It was left as it was; while it holds the program, nothing is measured.',
    ],
  };
}

/** The leaking server, watched to its end: at 56 MB a second its 4.3 GB are full after 77 s. */
export function diedReport(): Report {
  const alive = leakingReport();
  return {
    ...alive,
    durationMs: 77_400,
    target: { ...alive.target, exit: { code: null, signal: 'SIGABRT', atMs: 77_200 } },
    verdict: { ...alive.verdict, reason: 'The floor rose after every one of 38 major GCs.' },
    ...memory(78, (second) => 30 * MB + Math.max(0, second - 2) * 56 * MB),
  };
}

/** Resident memory whose arenas have grown by `arenaBytes`. */
export function residentMemory(timeMs: number, arenaBytes: number): ResidentMemory {
  return {
    timeMs,
    anonymousBytes: 150 * MB + arenaBytes,
    fileBytes: 45 * MB,
    sharedBytes: 0,
    v8Bytes: 90 * MB,
    mallocMainBytes: 18 * MB,
    arenas: { count: 8, bytes: 12 * MB + arenaBytes },
  };
}

/** What one operation adds; without changes as little as can be known. */
export function operation(
  name: string,
  changes: Partial<Report['growth']['perOperation'][number]> = {},
): Report['growth']['perOperation'][number] {
  return {
    operation: name,
    count: 1_240,
    bytes: 0,
    interval: [0, 1_000],
    effect: 'unknown',
    inseparableFrom: [],
    ...changes,
  };
}

/** A finding without a closed resource, which the rule is not sure about. */
export function cacheFinding(): ReportFinding {
  return {
    ...sessionsFinding(),
    fingerprint: '77b1e0',
    kind: 'cache-without-limit',
    confidence: 0.62,
    retained: {
      type: 'Object',
      count: 12_400,
      growthPerSecond: 340,
      bytesPerSecond: 2.1 * MB,
      bytesAtLeast: false,
      state: null,
    },
    heldBy: {
      name: 'responsesByUrl',
      type: 'Map',
      size: 12_400,
      path: ['Server', 'handler', 'responsesByUrl'],
      location: location('src/some/rather/deep/folder/of/the/application/response-cache.ts', 14, null),
    },
    grows: null,
    path: [],
    addedAt: {
      location: location('node_modules/lru-ish/lib/index.js', 210, 'put', 'lru-ish'),
      stack: [],
      words: null,
      calledFrom: null,
    },
    allocatedAt: { location: location('src/api.ts', 31, 'handle'), stack: [], words: null, calledFrom: null },
    shouldBeReleased: null,
    zombies: null,
    knownLeak: null,
    explanation: 'Every new URL adds an entry and nothing removes one; the keys hold query strings.',
  };
}

/** What only V8's samples show: the text names the holder. */
export function raceFinding(): ReportFinding {
  return {
    ...cacheFinding(),
    fingerprint: '5d02be',
    kind: 'race-against-eternal-promise',
    confidence: 0.85,
    retained: {
      type: 'unknown',
      count: null,
      growthPerSecond: null,
      bytesPerSecond: 112_000,
      bytesAtLeast: false,
      state: null,
    },
    heldBy: {
      name: 'stopping',
      type: 'Promise',
      size: null,
      path: ['stopping'],
      location: location('src/forecast.ts', 8, null),
    },
    addedAt: {
      location: location('src/forecast.ts', 27, 'forecast'),
      stack: [],
      words: null,
      calledFrom: null,
    },
    allocatedAt: {
      location: location('src/forecast.ts', 15, 'runModel'),
      stack: [],
      words: 'somewhere in runModel',
      calledFrom: null,
    },
    explanation: 'Each race adds its reactions to `stopping`, which has not settled.',
  };
}

/** What only V8's samples show, and nothing names the holder. */
export function keptFinding(): ReportFinding {
  return {
    ...raceFinding(),
    fingerprint: '9e11aa',
    kind: 'kept-out-of-sight',
    confidence: 0.4,
    heldBy: { name: 'something no walk can see', type: 'unknown', size: null, path: [], location: null },
    addedAt: { location: location('src/api.ts', 31, 'handle'), stack: [], words: null, calledFrom: null },
    allocatedAt: {
      location: location('node_modules/lru-ish/lib/index.js', 210, 'put', 'lru-ish'),
      stack: [],
      words: 'somewhere in put',
      calledFrom: null,
    },
    explanation: 'The walks met nothing that grows with it.',
  };
}

/** A dictionary with too many keys to be listed twice. */
export function largeDictionaryFinding(): ReportFinding {
  return {
    ...cacheFinding(),
    fingerprint: '77ab03',
    kind: 'too-large-to-count',
    confidence: 0.47,
    retained: {
      type: 'Offer',
      count: 280_000,
      growthPerSecond: null,
      bytesPerSecond: null,
      bytesAtLeast: false,
      state: null,
    },
    explanation: '`routeCache` had 280000 entries when it was listed, so whether it grows is not known.',
  };
}

/** A finding in a package whose installed version is known for it. */
export function knownFinding(): ReportFinding {
  return {
    ...cacheFinding(),
    fingerprint: '0c51d2',
    kind: 'unbounded-collection',
    confidence: 0.95,
    heldBy: {
      name: 'instances',
      type: 'Array',
      size: 12_400,
      path: ['modules', 'instances'],
      location: location('node_modules/debug/src/common.js', 13, 'setup', 'debug'),
    },
    addedAt: {
      location: location('node_modules/debug/src/common.js', 119, 'createDebug', 'debug'),
      stack: [],
      words: null,
      calledFrom: null,
    },
    allocatedAt: null,
    knownLeak: {
      package: 'debug',
      installed: '4.1.1',
      leaks: '>=3.0.0 <4.3.0',
      fixedIn: ['4.3.0'],
      description: 'Every function that debug() returns is kept in a list.',
      remedy: 'Upgrade to 4.3.0 or later.',
      citation: 'https://github.com/debug-js/debug/issues/678',
    },
    explanation: '`instances` gains 340 entries a second.',
  };
}

/** A finding in a package whose call from the program was seen, with the source of both. */
export function packageFinding(): ReportFinding {
  const call = location('src/orders/repricing.ts', 88, 'repriceOrder');
  return {
    ...knownFinding(),
    fingerprint: '5d2aa0',
    confidence: 0.85,
    knownLeak: null,
    addedAt: {
      location: location('node_modules/debug/src/common.js', 119, 'createDebug', 'debug'),
      stack: [location('node_modules/debug/src/common.js', 119, 'createDebug', 'debug'), call],
      words: null,
      calledFrom: call,
    },
    excerpts: [
      {
        file: 'node_modules/debug/src/common.js',
        firstLine: 12,
        lines: ['', 'createDebug.instances = [];', '/**'],
        marked: [13],
      },
      {
        file: 'node_modules/debug/src/common.js',
        firstLine: 118,
        lines: [
          "debug.color = selectColor(namespace); // picked by the namespace's hash, so that it stays the same",
          'createDebug.instances.push(debug);',
          '',
        ],
        marked: [119],
      },
      {
        file: 'src/orders/repricing.ts',
        firstLine: 87,
        lines: [
          'async function repriceOrder(order: Order) {',
          '  const log = debug(`orders:${order.id}`);',
          '  log("%d lines", order.lines.length);',
        ],
        marked: [88],
      },
    ],
  };
}

/** Nothing that was found accounts for the growth. */
export function unexplainedReport(changes: Partial<NonNullable<Report['account']>> = {}): Report {
  const small = { ...cacheFinding(), retained: { ...cacheFinding().retained, bytesPerSecond: 31 } };
  const leaking = leakingReport();
  return {
    ...leaking,
    growth: { ...leaking.growth, bytesPerSecond: 93_000, interval: [88_000, 98_000] },
    findings: [],
    account: {
      explainedBytesPerSecond: 31,
      unexplainedBytesPerSecond: 92_969,
      sufficient: false,
      heldBack: [small],
      census: { walks: 7, objects: 13_600, functions: 3_900, containers: 214, grown: 3, cutShort: false },
      snapshot: {
        heapBytes: 60 * MB,
        pauseMs: [4_200, 8_400],
        memoryBytes: [660 * MB, 840 * MB],
      },
      ...changes,
    },
  };
}

/** With `--snapshot auto`, taken. */
export function snapshotReport(): Report {
  const report = unexplainedReport();
  return {
    ...report,
    snapshot: {
      taken: {
        file: '/home/ada/shop/Heap.20261122.160023.4242.0.heapsnapshot',
        scriptsFile: '/home/ada/shop/Heap.20261122.160023.4242.0.scripts.json',
        fileBytes: 48 * MB,
        redacted: true,
        nodes: 700_000,
        pauseMs: 2_310,
        countingPauseMs: 94,
        memoryBytes: 290 * MB,
        tree: heapSummary().tree,
      },
      predicted: { objects: 712_000, pauseMs: 2_190, pauseMsMost: 3_285, memoryBytes: 380 * MB },
      refusal: null,
    },
    cost: { ...report.cost, snapshotTaken: true, longestPauseMs: 2_310 },
  };
}

/** And refused. */
export function refusedSnapshotReport(): Report {
  return {
    ...unexplainedReport(),
    snapshot: {
      taken: null,
      predicted: { objects: 12_000_000, pauseMs: 38_000, pauseMsMost: 57_000, memoryBytes: 6_400 * MB },
      refusal:
        'A snapshot of process 4242 would not be safe: it would stop the program for up to 57 s, and 10 s are allowed',
    },
  };
}

/** The sessions' histories, as each walk met them. */
export function growingContainer(
  changes: Partial<Report['containers'][number]> = {},
): Report['containers'][number] {
  return {
    name: 'history in sessions',
    type: 'Array',
    location: null,
    instances: 1,
    growthPerSecond: 7,
    counts: [
      { timeMs: 400, size: 0 },
      { timeMs: 3_500, size: 7 },
      { timeMs: 5_600, size: 22 },
      { timeMs: 8_200, size: 40 },
      { timeMs: 11_300, size: 62 },
    ],
    ...changes,
  };
}

export function sessionsFinding(): ReportFinding {
  return {
    fingerprint: 'f3a9c1',
    kind: 'timer-never-cleared',
    confidence: 0.97,
    retained: {
      type: 'Array',
      count: 7,
      growthPerSecond: 7,
      bytesPerSecond: 56 * MB,
      bytesAtLeast: false,
      state: 'CLOSED',
    },
    heldBy: {
      name: 'sessions',
      type: 'Map',
      size: 7,
      path: ['Server', 'connection listener', 'sessions'],
      location: location('src/server.ts', 6, null),
    },
    path: [
      { name: 'Server', state: 'alive', why: 'open: Node keeps it as long as it is' },
      { name: 'connection listener', state: 'unknown', why: 'kept by the Server until it is taken off' },
      { name: 'sessions', state: 'alive', why: "a module's variable, which stays as long as the process" },
      { name: '7 WebSockets', state: 'closed', why: 'CLOSED, as 7 of the 7 that were looked at are' },
      {
        name: 'history ×7',
        state: 'should be gone',
        why: 'what it is for is over: the WebSocket is CLOSED',
      },
    ],
    grows: {
      name: 'history',
      type: 'Array',
      instances: 7,
      perSecondInEach: 1,
      location: location('src/server.ts', 8, null),
    },
    addedAt: {
      location: location('src/server.ts', 10, null),
      stack: [],
      words: 'the interval in onConnection',
      calledFrom: null,
    },
    allocatedAt: null,
    shouldBeReleased: {
      words:
        "nothing clears that interval, nothing deletes from `sessions`: no 'close' listener on the socket",
      event: 'close',
      location: null,
    },
    zombies: { type: 'WebSocket', state: 'CLOSED', count: 7 },
    usedAt: null,
    endless: null,
    trap: { set: true, durationMs: 2_500, additions: 12, removals: 0, reason: null },
    knownLeak: null,
    excerpts: [],
    explanation:
      'Each connection starts an interval that outlives it and keeps filling the history of its session.',
  };
}

export function labComparison(sides: readonly ComparisonSide[] = labSides()): Comparison {
  return {
    schema: 'leakline/comparison@1',
    sides,
    difference: { bytesPerSecond: 55.99 * MB, interval: [55.1 * MB, 57.1 * MB] },
    scenario: { name: 'websocket', clients: 7, items: 1_000_000 },
  };
}

/** Two that run anyway: nobody played anything, and leakline knows them by their pids. */
export function twoProcesses(first: Report = steadyReport(), second: Report = leakingReport()): Comparison {
  const sides = [first, second].map((report) => ({
    name: `pid ${report.target.pid}`,
    report,
    load: null,
  }));
  return { ...labComparison(sides), scenario: null };
}

/** Both are watched for as long as the leaking one. */
export function labSides(leaking: Report = leakingReport()): ComparisonSide[] {
  const { durationMs } = leaking;
  return [
    { name: 'fixed', report: steadyFor(durationMs), load: load(durationMs) },
    { name: 'leaking', report: leaking, load: load(durationMs) },
  ];
}

function steadyFor(durationMs: number): Report {
  const series = memory(Math.ceil(durationMs / 1000), steadyFloor);
  const steady = steadyReport();
  const reason = `The floor stayed between 30.1 MB and 30.4 MB over ${series.gc.length} major GCs.`;
  return steadyReport({ durationMs, verdict: { ...steady.verdict, reason }, ...series });
}

export function liveView(elapsedMs: number, sides: readonly LiveSide[]): LiveView {
  return { elapsedMs, sides };
}

export function liveSide(name: string, report: Report | null, changes: Partial<LiveSide> = {}): LiveSide {
  return { name, activity: 'watching', report, load: load(), ...changes };
}

export function load(durationMs = 23_120): NonNullable<ComparisonSide['load']> {
  return {
    startedAtMs: 2_100,
    clientsOpened: 7,
    clientsOpen: 0,
    clientsClosed: 7,
    // From the first client on.
    httpSent: Math.floor((durationMs - 2_100) / 1000) * 200,
    httpFailed: 0,
    httpPerSecond: 200,
  };
}

/** The same document with a hostile text wherever the target could have put one: within a name, or as all of it. */
export function withHostileText<Document extends object>(
  document: Document,
  hostile: string,
  isAlone = false,
): Document {
  const renamed = (name: string): string => (isAlone ? hostile : `${name}${hostile}${name}`);
  return replaceStrings(document, renamed) as Document;
}

// Words that presenters branch on must stay what they are, or the test would not reach the sinks behind them.
const CLOSED_VOCABULARY = new Set([
  'leaking',
  'steady',
  'inconclusive',
  'heap',
  'external',
  'native',
  'main',
  'container',
  'rlimit',
  'some',
  'none',
  'unknown',
  'alive',
  'closed',
  'should be gone',
  'major',
  'watching',
  'walking',
  'done',
  'ended',
  'signal',
  'prepared',
  'inspector',
  'leakline/report@1',
  'leakline/reports@1',
  'leakline/comparison@1',
  'leakline/snapshot@1',
  'leakline/heap-summary@1',
  'leakline/heap-path@1',
  'leakline/heap-class@1',
  'leakline/heap-strings@1',
  'leakline/heap-growth@1',
]);

function replaceStrings(value: unknown, renamed: (name: string) => string): unknown {
  if (typeof value === 'string') return CLOSED_VOCABULARY.has(value) ? value : renamed(value);
  if (Array.isArray(value)) return value.map((item) => replaceStrings(item, renamed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key.endsWith('ByWork') ? withKeys(item as object, renamed) : replaceStrings(item, renamed),
    ]),
  );
}

/** Kinds of work are named by the agent, and it lives in the program. */
function withKeys(record: object, renamed: (name: string) => string): object {
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [renamed(key), item]));
}

function location(
  file: string,
  line: number,
  name: string | null,
  packageName: string | null = null,
): ReportLocation {
  return { file, line, column: 7, function: name, package: packageName };
}

/** Of a log; no presenter shows them yet. */
const insideColumns = {
  loopDelayMs: [],
  loopUtilization: [],
  httpRequests: [],
  connectionsOpened: [],
  connectionsClosed: [],
  spaces: { young: [], old: [], large: [], code: [] },
};

function emptyReport(pid: number, command: string, durationMs: number): Report {
  return {
    schema: 'leakline/report@1',
    leakline: '0.1.0',
    startedAt: '2026-11-22T16:00:00.000Z',
    durationMs,
    target: {
      pid,
      node: 'v22.23.3',
      command,
      isolate: 'main',
      name: null,
      limits: {
        heapBytes: 4_345_298_944,
        containerBytes: null,
        rlimitBytes: null,
        effectiveBytes: 4_345_298_944,
        which: 'heap',
      },
      exit: null,
    },
    source: null,
    verdict: {
      kind: 'inconclusive',
      space: null,
      decidedAtMs: null,
      reason: '',
      watchMoreMs: null,
      filling: null,
      excludedBytesPerSecond: null,
      slower: null,
    },
    growth: {
      bytesPerSecond: null,
      interval: null,
      level: 0.99,
      falseAlarmProbability: 0.01,
      smallestDetectableBytesPerSecond: null,
      perOperation: [],
    },
    forecast: null,
    findings: [],
    account: null,
    namedAtMs: null,
    steadyContainers: [],
    containers: [],
    sampledGrowth: null,
    series: {
      timeMs: [],
      rss: [],
      heapUsed: [],
      heapTotal: [],
      external: [],
      arrayBuffers: [],
      openConnections: [],
      ...insideColumns,
      floor: [],
    },
    activeResources: null,
    residentMemory: null,
    gc: [],
    cost: {
      longestPauseMs: 0,
      totalOnTargetMs: 0,
      targetRssBytes: null,
      forcedGcs: 0,
      snapshotTaken: false,
      targetHeapBytes: null,
      longestPauseMsByWork: {},
      totalMsByWork: {},
    },
    isolates: [],
    snapshot: null,
    notes: [],
  };
}

/** One sample a second over a floor, with garbage that climbs and falls, and a major GC every two seconds. */
function memory(seconds: number, floorAt: (second: number) => number): Pick<Report, 'series' | 'gc'> {
  const times = Array.from({ length: seconds }, (_, second) => second);
  const heapUsed = times.map((second) => floorAt(second) + (second % 2) * 18 * MB + 2 * MB);
  const gcSeconds = times.filter((second) => second % 2 === 0 && second > 0);
  return {
    series: {
      timeMs: times.map((second) => second * 1000),
      rss: heapUsed.map((bytes) => bytes * 1.1 + 42 * MB),
      heapUsed,
      heapTotal: heapUsed.map((bytes) => bytes * 1.05),
      external: times.map(() => 2 * MB),
      arrayBuffers: times.map(() => MB),
      openConnections: times.map((second) => (second < 4 ? 7 : 1)),
      ...insideColumns,
      floor: gcSeconds.map((second) => ({
        timeMs: second * 1000,
        bytes: floorAt(second),
        externalBytes: 2 * MB,
      })),
    },
    gc: gcSeconds.map((second) => ({
      timeMs: second * 1000,
      kind: 'major' as const,
      durationMs: 11.2,
      beforeBytes: floorAt(second) + 18 * MB,
      afterBytes: floorAt(second),
      forced: false,
      afterGap: false,
    })),
  };
}

/** A watch with one sample and one major collection a second, each with sizes of as many digits as real ones. */
export function watchOf(seconds: number): Report {
  const base = leakingReport();
  const timeMs = Array.from({ length: seconds }, (_, second) => second * 1000);
  const floor = timeMs.map((at) => ({ timeMs: at, bytes: 30_123_456 + at * 20, externalBytes: null }));
  return {
    ...base,
    durationMs: seconds * 1000,
    series: {
      ...base.series,
      timeMs,
      rss: timeMs.map((at, second) => 120_456_789 + at * 22 + ((second * 7919) % 999_999)),
      heapUsed: timeMs.map((at, second) => 30_123_456 + at * 20 + 2e6 * (second % 5)),
      floor,
    },
    gc: floor.map(({ timeMs: at, bytes }) => ({
      timeMs: at,
      kind: 'major',
      durationMs: 4,
      beforeBytes: bytes + 10e6,
      afterBytes: bytes,
      forced: false,
      afterGap: false,
    })),
  };
}
