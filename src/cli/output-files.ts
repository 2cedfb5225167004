import { realpathSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';
import type { OutputOptions } from './options.ts';

/**
 * Before anything is read or written. Throws USAGE where an answer would be written over a file that is read, or over a snapshot: in
 * `--json a.heapsnapshot b.heapsnapshot` somebody took `--json` for a switch.
 */
export function checkOutputs(
  { json, html, markdown }: Pick<OutputOptions, 'json' | 'html' | 'markdown'>,
  inputs: readonly string[],
): void {
  const read = new Set(inputs.map(placeOf));
  for (const [option, file] of Object.entries({ json, html, markdown })) {
    if (file === undefined || file === '-') continue;
    if (!read.has(placeOf(file)) && !/\.heapsnapshot(?:\.gz)?$/i.test(file)) continue;
    throw new LeaklineError('USAGE', {
      message: `--${option} would write over ${file}: it takes the file to write to, or - for standard output`,
    });
  }
}

function placeOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
