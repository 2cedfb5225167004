import { LeaklineError } from '../core/errors.ts';
import type { ClassTotal } from '../heap/class-summary.ts';
import type { Heap, HeapEdge } from '../heap/heap.ts';
import type { NodeOrdinal } from '../heap/heap-graph.ts';
import { readSnapshot } from '../heap/index.ts';
import type {
  HeapClassAnswer,
  HeapGrowthAnswer,
  HeapHeldBy,
  HeapHolder,
  HeapPathAnswer,
  HeapStep,
  HeapStringsAnswer,
  HeapSummary,
} from '../report/heap-summary.ts';
import { heapFindings } from './heap-findings.ts';
import { heapTree } from './heap-tiles.ts';
import { isPacked, snapshotBytes, snapshotSize } from './snapshot-bytes.ts';
import { heapUnusedVariables } from './unused-variables.ts';

/** What is asked of a snapshot; without anything, its summary. */
export type HeapQuestion = {
  /** Of an id or the name of a class: the shortest ways from the root. */
  readonly path?: string | undefined;
  /** Of the name of a class: its instances and who holds them. */
  readonly class?: string | undefined;
  /** The texts that take most. */
  readonly strings?: boolean | undefined;
  /** With the summary the tree of who keeps most alive. */
  readonly tree?: boolean | undefined;
  /** What grew from file to file; several files ask for that without saying so. */
  readonly diff?: boolean | undefined;
};

/** `bytesTotal` is null for gzip and for what is no file. */
export type HeapProgress = (bytesRead: number, bytesTotal: number | null) => void;

type HeapOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: HeapProgress;
  /** What is done once a file is read: `working out what keeps what alive`. */
  readonly onStep?: (words: string) => void;
};

/**
 * What grew from the first snapshot to the last. At most two of them are in memory at a time. Objects are matched by V8's ids as long as
 * these go through all files, else containers by the way to them; that V8 counted anew before the third or a later one shows only
 * then, and all are read again.
 */
export async function readHeapGrowth(
  files: readonly string[],
  options: HeapOptions = {},
): Promise<HeapGrowthAnswer> {
  const [file = '', ...others] = files;
  const first = await openHeap(file, options);
  const totals = [totalsOf(first)];
  let last = first;
  let growing = first.growingContainers(null);
  for (const [before, other] of others.entries()) {
    // The one before last is gone before the next is read.
    last = first;
    last = await openHeap(other, options);
    totals.push(totalsOf(last));
    if (growing.by === 'id' && !last.isNumberedLike(first)) {
      growing = first.growingContainers(null, 'way');
      for (const between of others.slice(0, before))
        growing = (await openHeap(between, options)).growingContainers(growing);
    }
    growing = last.growingContainers(growing);
  }
  options.onStep?.('comparing');
  const accumulation = last.accumulationSince(first, growing);
  const findings = await heapFindings(files.at(-1) ?? '', last, accumulation);
  const answer = growthAnswer(files, totals, first, last, growing.by);
  const { selfBytes } = answer;
  const falls = (selfBytes.at(-1) ?? 0) < (selfBytes[0] ?? 0) * FALLEN;
  return {
    ...answer,
    grownBytes: accumulation.grownBytes,
    restBytes: accumulation.restBytes,
    ...findings,
    notes: [...(growing.by === 'way' ? [COUNTED_ANEW] : []), ...(falls ? [FALLS] : []), ...findings.notes],
  };
}

const FALLEN = 0.98;
const FALLS =
  'The last snapshot is smaller than the first: the files are to be named in the order in which they were taken.';
const COUNTED_ANEW =
  'V8 numbered the objects anew between these snapshots, as it does when an inspector session ends, or they are of two processes: so containers are matched by the way to them, and which single objects are new is not told.';

/** A snapshot file, asked one thing; gzip is opened on the way. */
export async function readHeap(
  file: string,
  question: HeapQuestion = {},
  options: HeapOptions = {},
): Promise<HeapSummary | HeapPathAnswer | HeapClassAnswer | HeapStringsAnswer> {
  const heap = await openHeap(file, options);
  if (question.path !== undefined) return pathAnswer(heap, file, question.path);
  if (question.class !== undefined) return classAnswer(heap, file, question.class);
  return question.strings === true
    ? stringsAnswer(heap, file)
    : summarize(heap, file, question.tree === true);
}

async function openHeap(file: string, { signal, onProgress, onStep }: HeapOptions): Promise<Heap> {
  const sizeBytes = await snapshotSize(file);
  const heap = await readFile(file, {
    ...(signal === undefined ? {} : { signal }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    onProgress: (bytesRead) => onProgress?.(bytesRead, sizeBytes ?? null),
  });
  onStep?.('working out what keeps what alive');
  await heap.prepare(signal === undefined ? {} : { signal });
  return heap;
}

async function readFile(file: string, options: Parameters<typeof readSnapshot>[1]): Promise<Heap> {
  try {
    return await readSnapshot(snapshotBytes(file), options);
  } catch (error) {
    if (!(error instanceof LeaklineError) || error.code !== 'SNAPSHOT_UNREADABLE') throw error;
    const { offset, message } = (error as LeaklineError<'SNAPSHOT_UNREADABLE'>).facts;
    const facts = { file, offset, message, isPacked: await isPacked(file) };
    throw new LeaklineError('SNAPSHOT_UNREADABLE', facts, { cause: error });
  }
}

type Totals = {
  readonly nodes: number;
  readonly selfBytes: number;
  readonly byShape: ReadonlyMap<string, { readonly count: number; readonly selfBytes: number }>;
  readonly byClass: ReadonlyMap<string, { readonly count: number; readonly selfBytes: number }>;
};

function totalsOf(heap: Heap): Totals {
  const classes = heap.classes();
  return {
    nodes: heap.nodeCount,
    selfBytes: classes.reduce((bytes, one) => bytes + one.selfBytes, 0),
    byClass: new Map(classes.map((one) => [one.name, one])),
    byShape: new Map(heap.shapes().map((one) => [one.name, one])),
  };
}

function growthAnswer(
  files: readonly string[],
  totals: readonly Totals[],
  first: Heap,
  last: Heap,
  by: 'id' | 'way',
): Omit<HeapGrowthAnswer, 'grownBytes' | 'restBytes' | 'findings' | 'heldBack' | 'notes'> {
  const growth = last.growthSince(first, POINTS_SHOWN);
  return {
    schema: 'leakline/heap-growth@1',
    files,
    nodes: totals.map(({ nodes }) => nodes),
    selfBytes: totals.map(({ selfBytes }) => selfBytes),
    matchedBy: by,
    sharedNodes: by === 'id' ? growth.sharedCount : 0,
    classes: growth.classes
      .filter((one) => one.selfBytesAfter > one.selfBytesBefore)
      .slice(0, CLASSES_SHOWN)
      .map(({ name, newCount, newBytes }) => {
        const counts = totals.map(({ byClass }) => byClass.get(name)?.count ?? 0);
        return {
          name,
          counts,
          selfBytes: totals.map(({ byClass }) => byClass.get(name)?.selfBytes ?? 0),
          isSteady: counts.every((count, at) => at === 0 || count > (counts[at - 1] ?? 0)),
          newCount: by === 'id' ? newCount : 0,
          newBytes: by === 'id' ? newBytes : 0,
        };
      }),
    shapes: grownShapes(totals),
    points: (by === 'id' ? growth.points : []).map(({ node, retainedBytesBefore }) => ({
      node: holder(last, node),
      retainedBytesBefore,
      path: stepsTo(last, node) ?? [],
    })),
  };
}

function grownShapes(totals: readonly Totals[]): HeapGrowthAnswer['shapes'] {
  const grown = (bytes: readonly number[]): number => (bytes.at(-1) ?? 0) - (bytes[0] ?? 0);
  return [...(totals.at(-1)?.byShape.keys() ?? [])]
    .map((name) => ({
      name,
      counts: totals.map(({ byShape }) => byShape.get(name)?.count ?? 0),
      selfBytes: totals.map(({ byShape }) => byShape.get(name)?.selfBytes ?? 0),
    }))
    .filter(({ selfBytes }) => grown(selfBytes) > 0)
    .sort((a, b) => grown(b.selfBytes) - grown(a.selfBytes))
    .slice(0, SHAPES_SHOWN);
}

function stepsTo(heap: Heap, node: NodeOrdinal): HeapStep[] | null {
  const path = heap.path(node);
  if (path === null) return null;
  return path.map(({ to, type, name }) => ({ edge: { type, name }, node: holder(heap, to) }));
}

function pathAnswer(heap: Heap, file: string, asked: string): HeapPathAnswer {
  const id = /^@?(\d+)$/.exec(asked)?.[1];
  const found = id === undefined ? [...heap.instancesOf(asked)] : [heap.findNode(Number(id))];
  const nodes = found.filter((node) => node !== undefined);
  if (nodes.length === 0) throw nothingOf(asked, file);
  return {
    schema: 'leakline/heap-path@1',
    file,
    asked,
    count: nodes.length,
    paths: ways(heap, byRetained(heap, nodes, PATHS_LOOKED_AT))
      .slice(0, PATHS_SHOWN)
      .map(({ node, alike }) => ({ node: holder(heap, node), alike, steps: stepsTo(heap, node) })),
  };
}

/** The ways to nodes that differ in more than indices, each with the first node that is come by so, and how many others are. */
function ways(
  heap: Heap,
  nodes: readonly NodeOrdinal[],
): { readonly node: NodeOrdinal; readonly alike: number }[] {
  const byWords = new Map<string, { readonly node: NodeOrdinal; alike: number }>();
  for (const node of nodes) {
    const words = heap
      .path(node)
      ?.map(({ type, name, from }) => [heap.className(from), type, withoutIndex(name)]);
    const key = JSON.stringify(words ?? null);
    const known = byWords.get(key);
    if (known === undefined) byWords.set(key, { node, alike: 0 });
    else known.alike += 1;
  }
  return [...byWords.values()];
}

function withoutIndex(name: string | number): string {
  return /^\d+$/.test(String(name)) ? '[…]' : String(name);
}

function classAnswer(heap: Heap, file: string, name: string): HeapClassAnswer {
  const nodes = [...heap.instancesOf(name)];
  if (nodes.length === 0) throw nothingOf(name, file);
  const total = heap.classes().find((one) => one.name === name) ?? totalOf(heap, name, nodes);
  return {
    schema: 'leakline/heap-class@1',
    file,
    ...total,
    instances: byRetained(heap, nodes, HOLDERS_SHOWN).map((node) => holder(heap, node)),
    heldBy: heldBy(heap, nodes).slice(0, HOLDERS_SHOWN),
  };
}

/** Functions of one name are no class. */
function totalOf(heap: Heap, name: string, nodes: readonly NodeOrdinal[]): ClassTotal {
  const sum = (of: (node: NodeOrdinal) => number): number =>
    nodes.reduce((bytes, node) => bytes + of(node), 0);
  return {
    name,
    count: nodes.length,
    selfBytes: sum((node) => heap.node(node).selfBytes),
    retainedBytes: sum((node) => heap.retainedBytes(node)),
  };
}

function stringsAnswer(heap: Heap, file: string): HeapStringsAnswer {
  return {
    schema: 'leakline/heap-strings@1',
    file,
    strings: heap.strings(STRINGS_SHOWN, NAME_LENGTH_MAX).map(({ text, count, selfBytes, node }) => ({
      text,
      count,
      selfBytes,
      heldBy: heldBy(heap, [node])[0] ?? null,
    })),
  };
}

/** By who holds them on the shortest way, those with most nodes first. */
function heldBy(heap: Heap, nodes: readonly NodeOrdinal[]): HeapHeldBy[] {
  const byWords = new Map<string, { className: string; edge: string; count: number }>();
  for (const node of nodes) {
    const edge = holderWithName(heap, node);
    if (edge === null) continue;
    const className = heap.className(edge.from);
    // Elements, and the slots of V8's own arrays, differ by nothing but their index.
    const words = `${withoutIndex(edge.name)}${edge.isCollection ? '[…]' : ''}`;
    const key = JSON.stringify([className, words]);
    const one = byWords.get(key) ?? { className, edge: words, count: 0 };
    one.count += 1;
    byWords.set(key, one);
  }
  return [...byWords.values()].sort((a, b) => b.count - a.count);
}

/**
 * A Map holds its entries through an array of V8's own, and an array its elements by an index, which tells nobody anything: then who
 * holds that, and by which name.
 */
function holderWithName(
  heap: Heap,
  node: NodeOrdinal,
): (HeapEdge & { readonly isCollection: boolean }) | null {
  let edge = heap.holder(node);
  let isCollection = false;
  for (let climbed = 0; climbed < ARRAYS_MAX && edge !== null; climbed += 1) {
    const isOwnBusiness = edge.type === 'internal' && (edge.name === 'table' || edge.name === 'elements');
    const isIndex = edge.type === 'element' || heap.node(edge.from).type === 'array';
    const above = isOwnBusiness || isIndex ? heap.holder(edge.from) : null;
    if (above === null) break;
    isCollection = true;
    edge = above;
  }
  return edge === null ? null : { ...edge, isCollection };
}

function byRetained(heap: Heap, nodes: readonly NodeOrdinal[], limit: number): NodeOrdinal[] {
  return [...nodes].sort((a, b) => heap.retainedBytes(b) - heap.retainedBytes(a)).slice(0, limit);
}

function nothingOf(asked: string, file: string): LeaklineError<'USAGE'> {
  const what = /^@?\d+$/.test(asked) ? `node ${asked}` : `class "${asked}"`;
  return new LeaklineError('USAGE', {
    message: `There is no ${what} in ${file}; without --path and --class the largest of both are shown`,
  });
}

function summarize(heap: Heap, file: string, withTree: boolean): HeapSummary {
  const classes = heap.classes();
  const selfBytes = classes.reduce((bytes, one) => bytes + one.selfBytes, 0);
  return {
    schema: 'leakline/heap-summary@1',
    file,
    nodes: heap.nodeCount,
    edges: heap.edgeCount,
    selfBytes,
    unretained: {
      nodes: heap.nodeCount - heap.retainedCount(),
      selfBytes: selfBytes - heap.retainedBytes(heap.root),
    },
    classCount: classes.length,
    classes: classes.slice(0, CLASSES_SHOWN),
    largest: heap.largest(HOLDERS_SHOWN).map((node) => holder(heap, node)),
    tree: withTree ? heapTree(heap) : null,
    // Node's own, which it calls so because nothing but JavaScript holds them, are as they should be.
    detached: heap
      .detached()
      .filter(({ name }) => !name.startsWith('Node / '))
      .slice(0, CLASSES_SHOWN),
    unusedVariables: heapUnusedVariables(heap, (node) => holder(heap, node)),
  };
}

function holder(heap: Heap, ordinal: NodeOrdinal): HeapHolder {
  const { id, type, name, selfBytes } = heap.node(ordinal);
  // A string's name is its text, which may be a whole file.
  const shown = name.slice(0, NAME_LENGTH_MAX);
  const contextOf = heap.contextScope(ordinal)?.functionName?.slice(0, NAME_LENGTH_MAX);
  return {
    id,
    type,
    name: shown,
    selfBytes,
    retainedBytes: heap.retainedBytes(ordinal),
    ...(contextOf === undefined ? {} : { contextOf }),
    ...(type === 'number' ? valueOf(heap, ordinal) : {}),
  };
}

/** V8 writes a number's text beside it. */
function valueOf(heap: Heap, number: NodeOrdinal): { readonly value?: string } {
  for (const { type, name, to } of heap.edges(number))
    if (type === 'internal' && name === 'value')
      return { value: heap.node(to).name.slice(0, NAME_LENGTH_MAX) };
  return {};
}

const CLASSES_SHOWN = 15;
const HOLDERS_SHOWN = 10;
const NAME_LENGTH_MAX = 200;
const SHAPES_SHOWN = 6;
const PATHS_SHOWN = 3;
const PATHS_LOOKED_AT = 1000;
const STRINGS_SHOWN = 20;
const POINTS_SHOWN = 5;
/** V8's own nest two or three deep; a file could have a chain of them under each of its nodes. */
const ARRAYS_MAX = 8;
