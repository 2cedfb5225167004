import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LeaklineError } from '../core/errors.ts';
import { classTotals, largestRetained } from '../heap/class-summary.ts';
import { dominatorTree } from '../heap/dominator-tree.ts';
import { readColumns } from '../heap/format.ts';
import { heapGraph, nodeId, nodeName, nodeSelfBytes, nodeType, type HeapGraph } from '../heap/heap-graph.ts';
import type { HeapSummary } from '../report/heap-summary.ts';

/** A snapshot file in figures; gzip is opened on the way. */
export async function readHeap(file: string): Promise<HeapSummary> {
  return summarize(heapGraph(await readColumnsOf(file)), file);
}

async function readColumnsOf(file: string): ReturnType<typeof readColumns> {
  try {
    return await readColumns(bytesOf(file));
  } catch (error) {
    if (!(error instanceof LeaklineError) || error.code !== 'SNAPSHOT_UNREADABLE') throw error;
    const { offset, message } = (error as LeaklineError<'SNAPSHOT_UNREADABLE'>).facts;
    throw new LeaklineError('SNAPSHOT_UNREADABLE', { file, offset, message }, { cause: error });
  }
}

/** Everything about the world that can fail fails in here, so a bug of the reader is never taken for a bad file. */
async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  let offset = 0;
  try {
    for await (const chunk of unpacked(createReadStream(file, { highWaterMark: CHUNK_BYTES }))) {
      yield chunk;
      offset += chunk.length;
    }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError(
      'SNAPSHOT_UNREADABLE',
      { offset: offset === 0 ? null : offset, message },
      { cause },
    );
  }
}

/** Known by its first bytes, not by the file's name; they are read from the stream, so a pipe will do. */
async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < GZIP_MAGIC.length) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const whole = withHead(head, chunks);
  if (!GZIP_MAGIC.every((byte, at) => head[at] === byte)) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of the source destroys gunzip with it, and the loop over gunzip throws it.
  pipeline(Readable.from(whole), gunzip, () => {});
  for await (const chunk of gunzip) yield chunk as Buffer;
}

async function* withHead(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Closes the file when the reader has seen enough.
    await rest.return?.();
  }
}

function summarize(graph: HeapGraph, file: string): HeapSummary {
  const tree = dominatorTree(graph);
  const retained = tree.retainedByOrdinal;
  const classes = classTotals(graph, tree);
  const selfBytes = classes.reduce((bytes, one) => bytes + one.selfBytes, 0);
  return {
    schema: 'leakline/heap-summary@1',
    file,
    nodes: graph.nodeCount,
    edges: graph.edgeCount,
    selfBytes,
    unretained: {
      nodes: graph.nodeCount - tree.walk.length,
      selfBytes: selfBytes - retained[0],
    },
    classCount: classes.length,
    classes: classes.slice(0, CLASSES_SHOWN),
    largest: largestRetained(graph, retained, HOLDERS_SHOWN).map((node) => ({
      id: nodeId(graph, node),
      type: nodeType(graph, node),
      // A string's name is its text, which may be a whole file.
      name: nodeName(graph, node).slice(0, NAME_LENGTH_MAX),
      selfBytes: nodeSelfBytes(graph, node),
      retainedBytes: retained[node],
    })),
  };
}

const CHUNK_BYTES = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b];
const CLASSES_SHOWN = 15;
const HOLDERS_SHOWN = 10;
const NAME_LENGTH_MAX = 200;
