import { renderHeap } from '../present/text/heap-text.ts';
import { readHeap } from '../session/read-heap.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/** `leakline heap FILE`: what is in a heap snapshot. */
export async function heapCommand(file: string, options: OutputOptions): Promise<number> {
  const summary = await readHeap(file);
  const output = await openOutput({ ...options, quiet: true }, '');
  await output.list(summary, renderHeap(summary, output.text));
  return EXIT.done;
}
