import { formatBytes } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { sanitize } from '../present/sanitize.ts';
import { listTargets } from '../session/list-targets.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline ps`. The largest first: that is the one people look for. */
export async function psCommand(options: OutputOptions): Promise<number> {
  const targets = listTargets();
  const output = await openOutput({ ...options, quiet: true }, '');
  const lines = targets.map(({ pid, rssBytes, uptimeMs, command, reason }) => {
    const head = `${String(pid).padStart(7)}  ${formatBytes(rssBytes).padStart(7)}  ${formatDuration(uptimeMs).padStart(11)}  `;
    const words = sanitize(command, { unicode: output.text.unicode });
    return `${head}${words}`.slice(0, output.text.columns) + (reason === null ? '' : `\n         ${reason}`);
  });
  const text =
    lines.length === 0
      ? 'No Node process that this user can see.'
      : `    pid      rss           up  command\n${lines.join('\n')}`;
  await output.list({ processes: targets }, `${text}\n`);
  return EXIT.done;
}
