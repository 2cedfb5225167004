import type { Chain } from './chains.ts';
import { type HeapGraph, NO_EDGE, type NodeOrdinal } from './heap-graph.ts';
import { ownEntries } from './own-entries.ts';
import type { PathedGraph } from './owners.ts';
import { shapePaths } from './shape-paths.ts';

/** Containers, or chains, of one class that are come by in one way: one place in the program. */
export type ContainerWay = {
  /** Equal in every snapshot of the program. */
  readonly identity: string;
  /** As a reader is told it. */
  readonly key: string;
  readonly entries: number;
  /** Without those that are empty. */
  readonly containers: number;
  /** Of them the one with most entries; of a chain its first link. */
  readonly node: NodeOrdinal;
  readonly chain: Chain | null;
  /** It is a container for having much in it, so that it may have been none before. */
  readonly isByCount: boolean;
};

export type ContainersByWay = {
  readonly ways: readonly ContainerWay[];
  /** One more than the place in `ways` by ordinal; 0 for what is no container. */
  readonly wayByOrdinal: Uint32Array;
  /** Entries by ordinal. */
  readonly counts: Uint32Array;
};

/**
 * The containers of a snapshot by the shortest way to them, for snapshots whose ids say nothing of each other. An object is one if it is a
 * collection by its class, or a plain one with so many properties that these are keys. Each captured variable is told from its namesakes by where the
 * first function of its scope stands. 9 bytes a node, and some for each way.
 */
export function containersByWay({
  graph,
  edgeByOrdinal,
  chains,
  className,
}: Omit<PathedGraph, 'tree'>): ContainersByWay {
  const { nodeCount, columns } = graph;
  const { nodeName } = columns;
  const { counts, isCollection } = ownEntries(graph);
  const marks = scopeMarks(graph);
  const paths = shapePaths(
    graph,
    edgeByOrdinal,
    (node) => isCollection[node] === 1,
    (scope) => marks.get(scope)?.mark ?? '',
  );
  const wayByOrdinal = new Uint32Array(nodeCount);
  const ways: { -readonly [Field in keyof ContainerWay]: ContainerWay[Field] }[] = [];
  const wayByKind = new Map<string, number>();
  const add = (
    node: NodeOrdinal,
    kind: string,
    shape: number,
    entries: number,
    chain: Chain | null,
  ): void => {
    let way = wayByKind.get(kind);
    if (way === undefined) {
      const last = [className(node), ...(chain === null ? [] : [`.${chain.link}*`])];
      const isByCount = chain !== null || last[0] === 'Object';
      ways.push({
        identity: `${paths.identity(shape)} ${last.join(' ')}`,
        key: [...paths.words(shape), ...last].join(' '),
        entries: 0,
        containers: 0,
        node,
        chain,
        isByCount,
      });
      way = ways.length;
      wayByKind.set(kind, way);
    }
    const one = ways[way - 1];
    const most = one.chain?.members.length ?? counts[one.node];
    if (entries > most) Object.assign(one, { node, chain });
    one.entries += entries;
    if (entries > 0) one.containers += 1;
    wayByOrdinal[node] = way;
  };
  for (let node = 0; node < nodeCount; node += 1) {
    if (isCollection[node] === 0 || chains.isWithin[node] === 1 || edgeByOrdinal[node] === NO_EDGE) continue;
    const shape = paths.shapeOf(node);
    add(node as NodeOrdinal, `${shape} ${nodeName[node]}`, shape, counts[node], null);
  }
  for (const chain of chains.all) {
    const [head] = chain.heads;
    const shape = paths.shapeOf(head);
    add(head, `${shape} ${nodeName[head]} .${chain.link}`, shape, chain.members.length, chain);
    for (const other of chain.heads) wayByOrdinal[other] = wayByOrdinal[head];
  }
  return { ways: sameIdentity(ways), wayByOrdinal, counts };
}

/** Two scopes without a function that tells them apart: then they are told apart by their order, which is that of the file. */
function sameIdentity(ways: readonly ContainerWay[]): ContainerWay[] {
  const met = new Map<string, number>();
  return ways.map((way) => {
    const before = met.get(way.identity) ?? 0;
    met.set(way.identity, before + 1);
    return before === 0 ? way : { ...way, identity: `${way.identity} ${before}` };
  });
}

type ScopeMark = { readonly line: number; readonly column: number; readonly mark: string };

/** By V8's description of a scope, where the first of the functions stands that were made in it: the same in each run. */
function scopeMarks({ columns, firstEdgeByOrdinal }: HeapGraph): Map<number, ScopeMark> {
  const { locations, edgeType, edgeTypes, edgeNameOrIndex, edgeTo, strings } = columns;
  const internal = edgeTypes.indexOf('internal');
  const [context, scopeInfo] = ['context', 'scope_info'].map((text) => strings.indexOf(text));
  const follow = (node: number, name: number): number => {
    for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
      if (edgeType[edge] === internal && edgeNameOrIndex[edge] === name) return edgeTo[edge];
    }
    return -1;
  };
  const marks = new Map<number, ScopeMark>();
  for (let row = 0; row < locations.count; row += 1) {
    const of = follow(locations.node[row], context);
    const scope = of < 0 ? -1 : follow(of, scopeInfo);
    if (scope < 0) continue;
    const known = marks.get(scope);
    const [line, column] = [locations.line[row], locations.column[row]];
    if (known !== undefined && (known.line < line || (known.line === line && known.column <= column)))
      continue;
    marks.set(scope, { line, column, mark: `${line}:${column}` });
  }
  return marks;
}
