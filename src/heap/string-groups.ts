import { selfBytesOf } from './columns.ts';
import type { HeapGraph, NodeOrdinal } from './heap-graph.ts';

/** Strings of one text. */
export type StringGroup = {
  readonly text: string;
  readonly count: number;
  readonly selfBytes: number;
  /** One of them, the largest. */
  readonly node: NodeOrdinal;
};

/**
 * The texts that take most memory, all strings of one text together. Joined and cut strings are left out: V8 writes no text for
 * them. Of each text shown, no more than `textLengthMax` characters.
 */
export function largestStrings(graph: HeapGraph, limit: number, textLengthMax: number): StringGroup[] {
  const { columns, nodeCount } = graph;
  const { nodeType, nodeTypes, nodeName, strings } = columns;
  const string = nodeTypes.indexOf('string');
  const count = new Uint32Array(strings.count);
  const bytes = new Float64Array(strings.count);
  const largest = new Uint32Array(strings.count);
  for (let node = 0; node < nodeCount; node += 1) {
    if (nodeType[node] !== string) continue;
    const name = nodeName[node];
    const own = selfBytesOf(columns, node);
    if (count[name] === 0 || own > selfBytesOf(columns, largest[name])) largest[name] = node;
    count[name] += 1;
    bytes[name] += own;
  }
  return topOf(bytes, count, limit).map((name) => ({
    text: strings.at(name).slice(0, textLengthMax),
    count: count[name],
    selfBytes: bytes[name],
    node: largest[name] as NodeOrdinal,
  }));
}

/** The indexes with the largest values, largest first, of those that were counted at all. */
function topOf(values: Float64Array, count: Uint32Array, limit: number): number[] {
  const top: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    if (count[at] === 0 || limit < 1) continue;
    if (top.length === limit && values[at] <= values[top[limit - 1]]) continue;
    const above = top.findIndex((other) => values[other] < values[at]);
    top.splice(above < 0 ? top.length : above, 0, at);
    if (top.length > limit) top.pop();
  }
  return top;
}
