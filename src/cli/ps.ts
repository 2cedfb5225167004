import { renderProcessList } from '../present/text/process-list-text.ts';
import { listTargets } from '../session/list-targets.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline ps`. The largest first: that is the one people look for. */
export async function psCommand(options: OutputOptions): Promise<number> {
  const targets = listTargets();
  const output = await openOutput({ ...options, quiet: true }, '');
  const columns = options.verbose === true ? Infinity : output.text.columns;
  await output.list({ processes: targets }, renderProcessList(targets, { ...output.text, columns }));
  return EXIT.done;
}
