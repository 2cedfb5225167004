import type { Key } from '../../../src/present/tui/keys.ts';
import type { SnapshotTalk } from '../../../src/present/tui/snapshot-talk.ts';
import type { LiveView } from '../../../src/report/live.ts';
import type { IsolateReport, Report } from '../../../src/report/schema.ts';
import {
  diedReport,
  growingContainer,
  inconclusiveReport,
  labSides,
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  sessionsFinding,
  steadyReport,
} from '../reports.ts';

export type ScreenState = {
  readonly name: string;
  readonly title?: string;
  readonly view: LiveView;
  /** What the reader has pressed since. */
  readonly keys?: readonly Key[];
  readonly talk?: SnapshotTalk;
  /** Drawn without Unicode as well. */
  readonly ascii?: true;
};

/** What a reader can meet on the screen, each state by its name. */
export function screenStates(): readonly ScreenState[] {
  return [
    {
      name: 'waiting',
      view: liveView(0, [liveSide('pid 4242', null, { activity: 'starting', load: null })]),
    },
    { name: 'inconclusive', view: one(12_000, inconclusive(), 'walking') },
    { name: 'inconclusive-over', view: one(12_000, inconclusive(), 'done') },
    { name: 'agent-left', view: one(12_000, inconclusive(), 'left') },
    { name: 'filling', view: one(40_000, filling()) },
    { name: 'steady', view: one(23_120, alone(steadyReport())) },
    { name: 'leaking', view: one(23_120, alone(leakingReport()), 'trapping'), ascii: true },
    {
      name: 'leaking-with-source',
      view: one(23_120, alone(leakingReport({ findings: [sourced()] }))),
    },
    { name: 'near-the-limit', view: one(23_120, nearTheLimit()), ascii: true },
    { name: 'contended', view: one(9_000, contended()) },
    { name: 'died', view: one(77_400, diedReport(), 'ended') },
    { name: 'side-by-side', title: LAB, view: lab(), ascii: true },
    {
      name: 'side-by-side-died',
      title: LAB,
      view: liveView(
        77_400,
        labSides(diedReport()).map(({ name, report, load }) =>
          liveSide(name, report, { load, activity: report.target.exit === null ? 'watching' : 'ended' }),
        ),
      ),
    },
    { name: 'two-processes', title: 'leakline 4242 4243', view: besideLeaking(steadyReport()) },
    {
      name: 'two-leaking',
      title: 'leakline 4242 4243',
      view: besideLeaking(leakingReport({ findings: [packageFinding()] })),
    },
    { name: 'paused', view: one(23_120, alone(leakingReport())), keys: ['pause'] },
    {
      name: 'finding-open',
      view: one(23_120, alone(leakingReport({ findings: [sourced(), sessionsFinding()] }))),
      keys: ['finding'],
      ascii: true,
    },
    {
      name: 'isolate-chosen',
      view: one(23_120, { ...alone(leakingReport()), isolates: [worker(1), worker(2)] }),
      keys: ['isolate', 'isolate'],
    },
    { name: 'snapshot-asked', view: one(23_120, alone(leakingReport())), keys: ['snapshot'] },
    {
      name: 'snapshot-refused',
      view: one(23_120, alone(leakingReport())),
      keys: ['snapshot', 'yes'],
      talk: {
        step: 'over',
        pid: 4242,
        taken: false,
        sentences: [
          'A heap snapshot of process 4242 would not be safe: it may need 8.20 GB of memory and 1.10 GB are left (on this machine); it would stop the program for up to 84 s, and 10 s are allowed.',
          'leakline snapshot 4242 has --max-pause to allow more, and --force to overrule this.',
        ],
      },
    },
  ];
}

const LAB = 'leakline lab · websocket · 7 clients';

function lab(): LiveView {
  return liveView(23_120, [
    liveSide('fixed', steadyReport()),
    liveSide('leaking', leakingReport(), { activity: 'done' }),
  ]);
}

/** Beside a leaking one, with the traffic that each counts. */
function besideLeaking(report: Report): LiveView {
  const other = alone(report);
  const target = { ...other.target, pid: 4243, command: 'node jobs/thumbnails.mjs' };
  return liveView(23_120, [
    liveSide('pid 4242', alone(leakingReport()), { load: null }),
    liveSide('pid 4243', { ...other, target }, { activity: 'walking', load: null }),
  ]);
}

function one(
  elapsedMs: number,
  report: Report,
  activity: 'watching' | 'walking' | 'trapping' | 'ended' | 'done' | 'left' = 'watching',
): LiveView {
  return liveView(elapsedMs, [liveSide('pid 4242', report, { activity, load: null })]);
}

/** As the process under watch, and with the traffic it counts: 12 requests a second, 3 connections. */
function alone(report: Report): Report {
  const seconds = report.series.timeMs.map((timeMs) => timeMs / 1000);
  return {
    ...report,
    target: { ...report.target, pid: 4242 },
    series: {
      ...report.series,
      httpRequests: seconds.map((second) => second * 12),
      connectionsOpened: seconds.map((second) => second * 3),
      connectionsClosed: seconds.map((second) => second * 3),
    },
  };
}

function inconclusive(): Report {
  const report = inconclusiveReport({
    containers: [
      growingContainer(),
      growingContainer({ name: 'responsesByUrl', type: 'Map', growthPerSecond: 340 }),
    ],
  });
  return alone({ ...report, target: { ...report.target, isolate: 'main' }, notes: [] });
}

function filling(): Report {
  const { verdict, growth } = steadyReport();
  return {
    ...inconclusive(),
    verdict: {
      ...verdict,
      kind: 'inconclusive',
      decidedAtMs: null,
      reason:
        'Memory rises ever more slowly, as a cache does that fills: 62 % of the expected growth has come.',
      watchMoreMs: 35_000,
      filling: { share: 0.62, expectedBytes: 48_000_000, interval: [41_000_000, 66_000_000] },
    },
    growth: { ...growth, bytesPerSecond: 410_000, interval: [120_000, 700_000] },
    containers: [
      growingContainer({
        name: 'routeCache',
        type: 'Map',
        growthPerSecond: 26,
        counts: [0, 9, 16, 21, 24, 26].map((hundreds, look) => ({
          timeMs: look * 5000,
          size: hundreds * 100,
        })),
      }),
    ],
  };
}

/** The container's limit is within sight, and how soon it is met is not known well. */
function nearTheLimit(): Report {
  const report = alone(leakingReport());
  const limitBytes = 1_900_000_000;
  return {
    ...report,
    target: {
      ...report.target,
      limits: {
        ...report.target.limits,
        containerBytes: limitBytes,
        effectiveBytes: limitBytes,
        which: 'container',
      },
    },
    forecast: {
      limitBytes,
      secondsToLimit: 9,
      interval: [5, 21],
      level: 0.99,
      which: 'container',
      doubled: { limitBytes: 2 * limitBytes, which: 'container', secondsGained: 34, interval: [33, 35] },
    },
  };
}

/** Another debugger holds the process: not one sample came. */
function contended(): Report {
  const { series } = inconclusive();
  return {
    ...inconclusive(),
    verdict: { ...inconclusive().verdict, reason: 'Nothing has been measured yet.', watchMoreMs: null },
    series: {
      ...series,
      timeMs: [],
      rss: [],
      heapUsed: [],
      heapTotal: [],
      external: [],
      arrayBuffers: [],
      openConnections: [],
      httpRequests: [],
      connectionsOpened: [],
      connectionsClosed: [],
      floor: [],
    },
    gc: [],
    containers: [],
    notes: [
      'Contended: another debugger is connected to this process. It was left as it was; while it holds the program, nothing is measured.',
    ],
  };
}

function sourced(): Report['findings'][number] {
  return { ...packageFinding(), confidence: 0.85 };
}

function worker(number: number): IsolateReport {
  const { isolates: _, ...isolate } = inconclusive();
  return {
    ...isolate,
    target: { ...isolate.target, pid: 4242, isolate: `worker:${number}`, name: 'render' },
  };
}
