import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { ProcessRow } from '../../report/process-list.ts';
import { glyphsFor } from '../glyphs.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { cutEnd } from '../text-width.ts';
import type { TextOptions } from './text-options.ts';

/** The processes in the order given, a line each, and below one that can't be watched the reason. Ends with a newline. */
export function renderProcessList(
  processes: readonly Omit<ProcessRow, 'rssOverTime'>[],
  options: Omit<TextOptions, 'color'>,
): string {
  if (processes.length === 0) return 'No Node process that this user can see.\n';
  // What a process is called is its owner's choice, and reasons name files of his.
  const lines = sanitizeDocument(processes, options).map((row) => linesOf(row, options));
  return `    pid  node               up      rss  attach     command\n${lines.join('')}`;
}

function linesOf(
  { pid, node, rssBytes, uptimeMs, command, way, reason }: Omit<ProcessRow, 'rssOverTime'>,
  { columns, unicode }: Omit<TextOptions, 'color'>,
): string {
  const cells = [
    String(pid).padStart(7),
    (node?.slice(1) ?? '?').padEnd(8),
    formatDuration(uptimeMs).padStart(11),
    formatBytes(rssBytes).padStart(7),
    (way ?? 'no').padEnd(9),
    command,
  ];
  const head = cutEnd(cells.join('  '), columns, glyphsFor(unicode).cut);
  return `${head}\n${reason === null ? '' : `         ${reason}\n`}`;
}
