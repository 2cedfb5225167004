import type { ProcessRow } from '../../src/report/process-list.ts';

const MB = 1_000_000;

/** One of each kind: prepared, by signal, by inspector, and one that leakline refuses. */
export const PROCESSES: readonly ProcessRow[] = [
  row(4242, 'node --enable-source-maps server.js', 'signal', [180, 188, 197, 206, 214, 223]),
  row(4300, 'node dist/worker.js --queue mail', 'prepared', [96, 96, 97, 96, 96, 96]),
  row(4311, 'node --inspect=9229 admin.js', 'inspector', [74, 81, 77, 74]),
  {
    ...row(4390, 'node --disable-sigusr1 gateway.js', null, [61, 61]),
    reason:
      'Process 4390 was started with --disable-sigusr1, so its inspector cannot be opened from outside.',
  },
];

function row(pid: number, command: string, way: ProcessRow['way'], megabytes: readonly number[]): ProcessRow {
  const rssOverTime = megabytes.map((size, look) => ({ timeMs: 5000 + look * 2000, size: size * MB }));
  const rssBytes = rssOverTime.at(-1)?.size ?? 0;
  return { pid, node: 'v22.23.3', command, uptimeMs: 3_723_000, rssBytes, rssOverTime, way, reason: null };
}
