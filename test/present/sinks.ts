import { errorCodes, LeaklineError, type ErrorCode, type FactsOf } from '../../src/core/errors.ts';
import { toPrometheus } from '../../src/export/prometheus.ts';
import { renderHeapHtml, renderHtml } from '../../src/present/html/page.ts';
import { jsonText } from '../../src/present/json-text.ts';
import { paintLine } from '../../src/present/line.ts';
import { renderMarkdown } from '../../src/present/markdown/markdown.ts';
import { sanitizeDocument } from '../../src/present/sanitize.ts';
import { renderComparison } from '../../src/present/text/comparison-text.ts';
import { renderCosts } from '../../src/present/text/cost-text.ts';
import { renderError } from '../../src/present/text/error-text.ts';
import { renderHeap } from '../../src/present/text/heap-text.ts';
import { renderProcessList } from '../../src/present/text/process-list-text.ts';
import { progressLine } from '../../src/present/text/progress.ts';
import { renderReport } from '../../src/present/text/report-text.ts';
import { renderSnapshot } from '../../src/present/text/snapshot-text.ts';
import type { TextOptions } from '../../src/present/text/text-options.ts';
import { layoutStrip } from '../../src/present/tui/layout.ts';
import { stripLines } from '../../src/present/tui/strip-lines.ts';
import { documentFrame, heapFrame, liveFrame } from '../../src/present/web/frames.ts';
import type { PageFrame } from '../../src/present/web/page-frame.ts';
import { processListFrame } from '../../src/present/web/process-list-frame.ts';
import type { LiveView } from '../../src/report/live.ts';
import type { Comparison, Report } from '../../src/report/schema.ts';
import { heapAnswers, heapSummary } from './heaps.ts';
import type { Hostile } from './hostile-names.ts';
import { PROCESSES } from './processes.ts';
import {
  labComparison,
  labSides,
  knownFinding,
  leakingReport,
  liveSide,
  liveView,
  operation,
  packageFinding,
  residentMemory,
  sessionsFinding,
  snapshotReport,
  unexplainedReport,
  withHostileText,
} from './reports.ts';
import { SNAPSHOT } from './snapshots.ts';

export type TerminalSink = (hostile: Hostile, options: TextOptions) => string;

/** What goes to a terminal as lines: of a watch, of lists and files, and what went wrong. */
export const TERMINAL_SINKS: Readonly<Record<string, readonly TerminalSink[]>> = {
  'lines of a watch': [
    (hostile, options) => renderReport(hostileReport(hostile), options),
    (hostile, options) => renderComparison(hostileComparison(hostile), options),
    (hostile) => progressLine(hostileView(hostile), null) ?? '',
    (hostile) => progressLine(hostileView(hostile), null, 'verdicts') ?? '',
    hostileStrip,
    (hostile, options) => renderCosts(hostileReport(hostile), options),
  ],
  'lines of ps, heap and snapshot': [
    (hostile, options) => renderProcessList(placed(PROCESSES, hostile), options),
    (hostile, options) => renderSnapshot(placed(SNAPSHOT, hostile), options),
    ...heapAnswers().map(
      (answer): TerminalSink =>
        (hostile, options) =>
          renderHeap(placed(answer, hostile), options),
    ),
  ],
  errors: [
    (hostile, options) =>
      hostileErrors(hostile)
        .map((error) => renderError(error, options))
        .join(''),
  ],
};

/** Whole pages, as files. */
export const PAGE_SINKS: readonly ((hostile: Hostile) => string)[] = [
  (hostile) => renderHtml(hostileReport(hostile), { withSource: true, script: SCRIPT }),
  (hostile) => renderHtml(hostileComparison(hostile), { withSource: true }),
  (hostile) => renderHeapHtml(placed(heapSummary(), hostile), SCRIPT),
];

/** What reads the data of a page stands beside it, and is ours. */
const SCRIPT = '/* the script */';

/** What the script of the live page sets into it. */
export const FRAME_SINKS: readonly ((hostile: Hostile) => PageFrame)[] = [
  (hostile) => liveFrame(hostileView(hostile), hostile.name),
  (hostile) => documentFrame(hostileReport(hostile), hostile.name),
  (hostile) => processListFrame(placed(PROCESSES, hostile)),
  (hostile) => heapFrame(placed(heapSummary(), hostile)),
];

export const MARKDOWN_SINKS: readonly ((hostile: Hostile) => string)[] = [
  (hostile) => renderMarkdown(hostileReport(hostile), { withSource: true }),
  (hostile) => renderMarkdown(hostileComparison(hostile), { withSource: true }),
];

/** Each as it is written, beside what it has to say. */
export const JSON_SINKS: readonly ((hostile: Hostile) => readonly [text: string, document: object])[] = [
  hostileReport,
  hostileComparison,
  (hostile: Hostile) => placed(SNAPSHOT, hostile),
  (hostile: Hostile) => ({ processes: placed(PROCESSES, hostile) }),
  ...heapAnswers().map((answer) => (hostile: Hostile) => placed(answer, hostile)),
].map((made) => (hostile) => {
  const document: object = made(hostile);
  return [jsonText(document), document];
});

/** As Prometheus text, with what its labels have to say. */
export function hostileMetrics(hostile: Hostile): readonly [text: string, isolate: string] {
  const report = hostileReport(hostile);
  return [toPrometheus(report), report.target.isolate ?? ''];
}

export function hostileReport(hostile: Hostile): Report {
  return placed(everything(), hostile);
}

function hostileComparison(hostile: Hostile): Comparison {
  return placed(labComparison(labSides(small(leakingReport()))), hostile);
}

/** As src/cli/live-strip.ts draws it below a program. */
function hostileStrip(hostile: Hostile, { columns, color, unicode }: TextOptions): string {
  const layout = layoutStrip({ columns, rows: 40 });
  if (layout === null) throw new Error('the strip has no room');
  const view = sanitizeDocument(hostileView(hostile), { unicode });
  return stripLines(view, layout, unicode)
    .map((line) => paintLine(line, color))
    .join('\n');
}

export function hostileView(hostile: Hostile): LiveView {
  return placed(
    liveView(
      5_000,
      labSides(small(leakingReport())).map(({ name, report }) => liveSide(name, report)),
    ),
    hostile,
  );
}

function hostileErrors({ name }: Hostile): readonly unknown[] {
  const facts = {
    message: name,
    command: name,
    executable: name,
    node: name,
    address: name,
    exit: name,
    output: '',
    side: name,
    scenario: name,
    known: name,
    file: name,
    platform: name,
    objections: [{ kind: 'memory', needBytes: 1, leftBytes: 1, which: name }],
  };
  const ofWorld = errorCodes.map((code) => new LeaklineError(code, facts as unknown as FactsOf<ErrorCode>));
  return [...ofWorld, new Error(name), name];
}

function placed<Document extends object>(document: Document, { name, isAlone }: Hostile): Document {
  return withHostileText(document, name, isAlone);
}

/** All that a report can hold. */
function everything(): Report {
  const report = small(leakingReport());
  const { snapshot, account } = snapshotReport();
  const finding = { ...packageFinding(), knownLeak: knownFinding().knownLeak };
  return {
    ...report,
    target: { ...report.target, name: 'render' },
    findings: [sessionsFinding(), { ...finding, allocatedAt: finding.addedAt }],
    account,
    snapshot,
    isolates: [{ ...small(unexplainedReport()), target: { ...report.target, isolate: 'worker:3' } }],
    residentMemory: { first: residentMemory(0, 0), last: residentMemory(20_000, 90e6) },
    growth: {
      ...report.growth,
      perOperation: [
        operation('jobs', { bytes: 8_000, interval: [7_000, 9_000], effect: 'some' }),
        operation('mails', { bytes: 8_000, interval: [0, 9_000], inseparableFrom: ['http request', 'time'] }),
      ],
    },
    notes: ['A note.'],
  };
}

/** Numbers are nobody's attack, and a page of few is sooner made and read. */
function small(report: Report): Report {
  const columns = Object.entries(report.series).map(([name, column]) => [
    name,
    Array.isArray(column) ? column.slice(0, 5) : column,
  ]);
  return { ...report, series: Object.fromEntries(columns) as Report['series'], gc: report.gc.slice(0, 2) };
}
