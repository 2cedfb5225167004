import type { Report } from '../report/schema.ts';

/**
 * One report in the Prometheus text exposition format (version 0.0.4), ready for a node-exporter textfile or a push.
 * Names follow the conventions promtool checks. What the report does not know is left out: in this format an
 * absent sample is what `null` is in the document.
 */
export function toPrometheus(report: Report): string {
  return [...metricsOf(report)].map(metricText).join('');
}

type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly samples: readonly Sample[];
};

type Sample = {
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

function* metricsOf(report: Report): Generator<Metric> {
  const { target, verdict, growth, series, cost } = report;
  const labels = {
    // An empty label is an absent one.
    pid: target.pid === null ? '' : String(target.pid),
    isolate: target.isolate ?? '',
  };
  const gauge = (name: string, help: string, samples: readonly (Sample | null)[]): Metric => ({
    name,
    help,
    type: 'gauge',
    samples: samples.filter((sample) => sample !== null),
  });
  const known = (
    value: number | null | undefined,
    more: Readonly<Record<string, string>> = {},
  ): Sample | null =>
    value === null || value === undefined ? null : { labels: { ...labels, ...more }, value };

  yield gauge('leakline_build_info', 'Version of leakline that made the report.', [
    { labels: { version: report.leakline }, value: 1 },
  ]);
  yield gauge(
    'leakline_verdict',
    'Verdict of the watch: 1 for the one that holds, 0 for the others.',
    VERDICTS.map((kind) => known(verdict.kind === kind ? 1 : 0, { verdict: kind })),
  );
  yield gauge('leakline_heap_slope_bytes_per_second', 'Growth of memory that survives garbage collection.', [
    known(growth.bytesPerSecond),
  ]);
  yield gauge(
    'leakline_operation_growth_bytes',
    'Memory that survives garbage collection, added by one operation: the estimate and the ends of its interval.',
    growth.perOperation
      // Which of those that rose in step it was is not known.
      .filter(({ inseparableFrom }) => inseparableFrom.length === 0)
      .flatMap(({ operation, bytes, interval: [low, high] }) => [
        known(bytes, { operation, bound: 'estimate' }),
        known(low, { operation, bound: 'low' }),
        known(high, { operation, bound: 'high' }),
      ]),
  );
  yield gauge('leakline_heap_used_bytes', 'Memory in use at the last sample, by space.', [
    known(series.heapUsed.at(-1), { space: 'heap' }),
    known(series.external.at(-1), { space: 'external' }),
  ]);
  yield gauge('leakline_heap_floor_bytes', 'Heap in use right after the last major garbage collection.', [
    known(series.floor.at(-1)?.bytes),
  ]);
  yield gauge(
    'leakline_time_to_limit_seconds',
    'Seconds until memory reaches its limit at the present growth.',
    [known(report.forecast?.secondsToLimit)],
  );
  yield gauge(
    'leakline_doubled_limit_gain_seconds',
    'How much later memory would reach a limit if the one it reaches first were twice as high.',
    [known(report.forecast?.doubled.secondsGained)],
  );
  yield gauge('leakline_findings', 'Leaks that were named.', [known(report.findings.length)]);
  yield gcDurations(report, labels);
  yield {
    name: 'leakline_snapshots_total',
    help: 'Heap snapshots taken of the process.',
    type: 'counter',
    samples: [{ labels, value: cost.snapshotTaken ? 1 : 0 }],
  };
}

const VERDICTS = ['leaking', 'steady', 'inconclusive'] as const;

// From a scavenge (a millisecond) to a full collection of a heap near its limit (seconds).
const GC_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

function gcDurations({ gc }: Report, labels: Readonly<Record<string, string>>): Metric {
  const kinds = [...new Set(gc.map(({ kind }) => kind))];
  const samples = kinds.flatMap((kind): Sample[] => {
    const durations = gc.filter((event) => event.kind === kind).map(({ durationMs }) => durationMs / 1000);
    const ofKind = { ...labels, kind };
    return [
      ...GC_BUCKETS_SECONDS.map(
        (bound): Sample => ({
          suffix: '_bucket',
          labels: { ...ofKind, le: String(bound) },
          value: durations.filter((seconds) => seconds <= bound).length,
        }),
      ),
      { suffix: '_bucket', labels: { ...ofKind, le: '+Inf' }, value: durations.length },
      { suffix: '_sum', labels: ofKind, value: durations.reduce((sum, seconds) => sum + seconds, 0) },
      { suffix: '_count', labels: ofKind, value: durations.length },
    ];
  });
  return {
    name: 'leakline_gc_duration_seconds',
    help: 'Time spent in garbage collection, by kind.',
    type: 'histogram',
    samples,
  };
}

function metricText({ name, help, type, samples }: Metric): string {
  if (samples.length === 0) return '';
  const lines = samples.map(
    (sample) => `${name}${sample.suffix ?? ''}${labelText(sample.labels)} ${numberText(sample.value)}\n`,
  );
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')}}`;
}

/** The three escapes the format knows. A lone surrogate cannot be written as UTF-8 and would make the text invalid. */
function escapeLabel(value: string): string {
  return value
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
