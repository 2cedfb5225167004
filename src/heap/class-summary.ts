import { LARGE, selfBytesOf, type SnapshotColumns } from './columns.ts';
import type { DominatorTree } from './dominator-tree.ts';
import { type HeapGraph, type NodeOrdinal, nodeName, nodeType } from './heap-graph.ts';

export type ClassTotal = {
  readonly name: string;
  readonly count: number;
  readonly selfBytes: number;
  /**
   * What its instances retain, each by itself; what one keeps inside another counts once. What only two together keep alive counts for
   * neither, so this is the least that would go if all went.
   */
  readonly retainedBytes: number;
};

/** Every class of the heap with its instances, the largest by self size first. */
export function classTotals(graph: HeapGraph, tree: DominatorTree): ClassTotal[] {
  const { nodeCount, columns } = graph;
  const { nodeSelfBytes } = columns;
  const { names, classByOrdinal } = classes(graph);
  const count = new Float64Array(names.length);
  const selfBytes = new Float64Array(names.length);
  // Hot: once per node.
  for (let node = 0; node < nodeCount; node += 1) {
    const at = classByOrdinal[node];
    const own = nodeSelfBytes[node];
    count[at] += 1;
    selfBytes[at] += own === LARGE ? selfBytesOf(columns, node) : own;
  }
  const retainedBytes = retainedByClass(names.length, classByOrdinal, tree);
  return names
    .map((name, at) => ({
      name,
      count: count[at],
      selfBytes: selfBytes[at],
      retainedBytes: retainedBytes[at],
    }))
    .sort((a, b) => b.selfBytes - a.selfBytes || b.count - a.count);
}

/** The same of the nodes that are detached and kept alive, the largest by what they retain first. */
export function detachedTotals(
  graph: HeapGraph,
  { walk, sizeByPlace, retainedByOrdinal }: DominatorTree,
): ClassTotal[] {
  const { nodeDetachedness } = graph.columns;
  if (nodeDetachedness === null) return [];
  const totals = new Map<string, { -readonly [Field in keyof ClassTotal]: ClassTotal[Field] }>();
  const insideUntil = new Map<string, number>();
  for (let place = 0; place < walk.length; place += 1) {
    const node = walk[place] as NodeOrdinal;
    if (nodeDetachedness[node] !== DETACHED) continue;
    const name = className(graph, node);
    const total = totals.get(name) ?? { name, count: 0, selfBytes: 0, retainedBytes: 0 };
    totals.set(name, total);
    total.count += 1;
    total.selfBytes += selfBytesOf(graph.columns, node);
    if (place < (insideUntil.get(name) ?? 0)) continue;
    insideUntil.set(name, place + sizeByPlace[place]);
    total.retainedBytes += retainedByOrdinal[node];
  }
  return [...totals.values()].sort((a, b) => b.retainedBytes - a.retainedBytes || b.count - a.count);
}

const DETACHED = 2;

/** The constructor's name; what has none goes by its kind in brackets: `(string)`, `(closure)`, `(array)`. */
export function className(graph: HeapGraph, node: NodeOrdinal): string {
  const type = nodeType(graph, node);
  return isNamed(type) ? nodeName(graph, node) : `(${type})`;
}

/** The nodes that keep the most alive, largest first. The roots V8 makes up are no objects, so they are left out. */
export function largestRetained(graph: HeapGraph, retained: Float64Array, limit: number): NodeOrdinal[] {
  const largest: NodeOrdinal[] = [];
  let smallest = 0;
  for (let at = nextAbove(0, 0, retained); at < graph.nodeCount; at = nextAbove(smallest, at + 1, retained)) {
    const node = at as NodeOrdinal;
    if (nodeType(graph, node) === 'synthetic') continue;
    const above = largest.findIndex((other) => retained[other] < retained[node]);
    largest.splice(above < 0 ? largest.length : above, 0, node);
    if (largest.length > limit) largest.pop();
    smallest = largest.length === limit ? retained[largest[limit - 1]] : 0;
  }
  return largest;
}

/** Hot: once per node. */
function nextAbove(bytes: number, from: number, retained: Float64Array): number {
  let at = from;
  while (at < retained.length && retained[at] <= bytes) at += 1;
  return at;
}

type Classes = { readonly names: readonly string[]; readonly classByOrdinal: Uint32Array };

/** Classes by number. A name is decoded once, not once per instance. */
export function classes({ columns, nodeCount }: HeapGraph): Classes {
  const { nodeType: typeByOrdinal, nodeTypes, nodeName: nameByOrdinal, strings } = columns;
  const isNamedByType = Uint8Array.from(nodeTypes, (type) => Number(isNamed(type)));
  // One more than the class, so that 0 means "not met yet".
  const byType = new Uint32Array(nodeTypes.length);
  const byName = new Uint32Array(strings.count);
  const classByOrdinal = new Uint32Array(nodeCount);
  const numberByName = new Map<string, number>();
  for (let node = 0; ; ) {
    node = classify(node, columns, isNamedByType, byType, byName, classByOrdinal);
    if (node === nodeCount) return { names: [...numberByName.keys()], classByOrdinal };
    const type = typeByOrdinal[node];
    const named = isNamedByType[type] === 1;
    const name = named ? strings.at(nameByOrdinal[node]) : `(${nodeTypes[type]})`;
    const number = numberByName.get(name) ?? numberByName.size;
    numberByName.set(name, number);
    if (named) byName[nameByOrdinal[node]] = number + 1;
    else byType[type] = number + 1;
  }
}

/** Hot: once per node. Returns where it stopped: at a node whose class was not met yet, or behind the last. */
function classify(
  from: number,
  { nodeType: typeByOrdinal, nodeName: nameByOrdinal }: SnapshotColumns,
  isNamedByType: Uint8Array,
  byType: Uint32Array,
  byName: Uint32Array,
  classByOrdinal: Uint32Array,
): number {
  let node = from;
  for (; node < classByOrdinal.length; node += 1) {
    const type = typeByOrdinal[node];
    const number = isNamedByType[type] === 1 ? byName[nameByOrdinal[node]] : byType[type];
    if (number === 0) break;
    classByOrdinal[node] = number - 1;
  }
  return node;
}

function isNamed(type: string): boolean {
  return type === 'object' || type === 'native';
}

/**
 * Sums what the instances retain that no other instance of the class dominates. What a node dominates follows it in the walk in
 * one piece, so one number by class tells whether a node is inside another instance.
 */
function retainedByClass(
  classCount: number,
  classByOrdinal: Uint32Array,
  { walk, sizeByPlace, retainedByOrdinal }: DominatorTree,
): Float64Array {
  const retained = new Float64Array(classCount);
  const insideUntil = new Uint32Array(classCount);
  // Hot: once per node.
  for (let place = 0; place < walk.length; place += 1) {
    const node = walk[place];
    const number = classByOrdinal[node];
    if (place < insideUntil[number]) continue;
    insideUntil[number] = place + sizeByPlace[place];
    retained[number] += retainedByOrdinal[node];
  }
  return retained;
}
