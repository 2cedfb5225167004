import { formatBytes } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { sanitizeDocument } from '../present/sanitize.ts';
import { listTargets } from '../session/list-targets.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline ps`. The largest first: that is the one people look for. */
export async function psCommand(options: OutputOptions): Promise<number> {
  const targets = listTargets();
  const output = await openOutput({ ...options, quiet: true }, '');
  // What a process is called is its owner's choice, and reasons name files of his.
  const shown = sanitizeDocument(targets, { unicode: output.text.unicode });
  const lines = shown.map(({ pid, node, rssBytes, uptimeMs, command, way, reason }) => {
    const cells = [
      String(pid).padStart(7),
      (node?.slice(1) ?? '?').padEnd(8),
      formatDuration(uptimeMs).padStart(11),
      formatBytes(rssBytes).padStart(7),
      (way ?? 'no').padEnd(9),
    ];
    const head = `${cells.join('  ')}  ${command}`.slice(0, output.text.columns);
    return head + (reason === null ? '' : `\n         ${reason}`);
  });
  const text =
    lines.length === 0
      ? 'No Node process that this user can see.'
      : `    pid  node               up      rss  attach     command\n${lines.join('\n')}`;
  await output.list({ processes: targets }, `${text}\n`);
  return EXIT.done;
}
