import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { IsolateReport, Report } from '../report/schema.ts';
import { count } from './figures.ts';
import { fileName } from './file-name.ts';
import { scriptOf } from './script-name.ts';

/**
 * Which process or log this is about and how long it was looked at: the words behind `leakline` in a first line. A log is named with its
 * folders only to who typed them, in a terminal.
 */
export function headFacts(
  { target, source, durationMs, cost }: IsolateReport,
  { withFolders }: { readonly withFolders: boolean } = { withFolders: false },
): string[] {
  const { longestPauseMs } = cost;
  return [
    ...(source === null
      ? []
      : [withFolders ? source.file : fileName(source.file), FORMAT_WORDS[source.format]]),
    ...(target.pid === null ? [] : [`pid ${target.pid}`]),
    ...(target.isolate === null || target.isolate === 'main' ? [] : [isolateWords(target)]),
    ...(target.node === null
      ? []
      : [`node ${target.node.replace(/^v/, '').split('.').slice(0, 2).join('.')}`]),
    ...(target.command === null ? [] : [scriptOf(target.command)]),
    source === null ? `watched ${formatDuration(durationMs)}` : `${formatDuration(durationMs)} of it`,
    ...(longestPauseMs === null ? [] : [`longest pause on your server ${formatDuration(longestPauseMs)}`]),
  ];
}

/** What the watch took from the process. */
export function costWords({ cost }: Pick<IsolateReport, 'cost'>): string[] {
  return [
    cost.totalOnTargetMs === null
      ? 'not known yet'
      : `${formatDuration(cost.totalOnTargetMs)} on the server in all`,
    cost.forcedGcs === 0
      ? 'no forced GC'
      : `${count(cost.forcedGcs)} forced GC${cost.forcedGcs === 1 ? '' : 's'}`,
    ...(cost.targetHeapBytes === null ? [] : [`at most ${formatBytes(cost.targetHeapBytes)} of its heap`]),
    cost.snapshotTaken ? 'one heap snapshot' : 'no heap snapshot',
  ];
}

/** Another isolate in a phrase; `toldPid` is the process that the report itself is about. */
export function alsoWatchedWords(
  { target, verdict, growth }: Pick<IsolateReport, 'target' | 'verdict' | 'growth'>,
  toldPid: number | null,
): string {
  return (
    `${target.pid === toldPid ? '' : `pid ${target.pid} `}${isolateWords(target)} ${verdict.kind}` +
    (growth.bytesPerSecond === null || verdict.kind !== 'leaking'
      ? ''
      : ` ${formatRate(growth.bytesPerSecond)}`)
  );
}

/** `worker:3 (thumbnails)` */
function isolateWords({ isolate, name }: Report['target']): string {
  const words = isolate ?? 'isolate';
  return name === null ? words : `${words} (${name})`;
}

const FORMAT_WORDS: Readonly<Record<NonNullable<Report['source']>['format'], string>> = {
  'gc-trace': 'garbage collections',
  json: 'memory as JSON',
  csv: 'memory as CSV',
  text: 'memory as text',
  prometheus: 'Prometheus range',
};
