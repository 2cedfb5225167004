import { type ReadOptions, readColumns } from './format.ts';
import { Heap } from './heap.ts';
import { heapGraph } from './heap-graph.ts';

export async function readSnapshot(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Heap> {
  return new Heap(heapGraph(await readColumns(bytes, options)));
}
