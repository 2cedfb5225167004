import type { Chain } from './chains.ts';
import { finderById, NOT_THERE } from './finder-by-id.ts';
import type { GrowingById } from './growing-by-id.ts';
import { NO_EDGE, type NodeOrdinal } from './heap-graph.ts';
import { gainedEntries, type OwnedPoint, type Owners, type PathedGraph } from './owners.ts';
import { shapePaths } from './shape-paths.ts';

/** The growing containers of both snapshots by V8's ids, together by the way to them in the later. 8 bytes a node of both. */
export function ownersById(before: PathedGraph, after: PathedGraph, growing: GrowingById): Owners {
  const places = placesOf(after, growing);
  const { byPlace, points } = groupsByShape(after, growing, places);
  const groupOf = (place: number): number => (place === 0 ? 0 : byPlace[place - 1]);
  const latest = growing.entriesByFile.at(-1);
  return {
    points,
    before: placesOf(before, growing).map(groupOf),
    after: places.map(groupOf),
    sizeOf(node) {
      const place = places[node] - 1;
      if (place < 0) return null;
      return latest?.[place] ?? growing.chains[place - growing.ids.length]?.entriesByFile.at(-1) ?? null;
    },
  };
}

/** By ordinal, one more than the place in `growing`, the chains after the objects; 0 for all else. */
function placesOf({ graph, chains }: PathedGraph, growing: GrowingById): Uint32Array {
  const { nodeId, nodeType, nodeTypes } = graph.columns;
  const object = nodeTypes.indexOf('object');
  const find = finderById(growing.ids);
  const places = new Uint32Array(graph.nodeCount);
  const taken = new Uint8Array(growing.ids.length);
  for (let node = 0; node < graph.nodeCount; node += 1) {
    const place = nodeType[node] === object ? find(nodeId[node]) : NOT_THERE;
    if (place === NOT_THERE || taken[place] === 1) continue;
    taken[place] = 1;
    places[node] = place + 1;
  }
  const chainByKey = new Map(chains.all.map((chain) => [chain.key, chain]));
  growing.chains.forEach(({ key }, at) => {
    for (const head of chainByKey.get(key)?.heads ?? []) places[head] = growing.ids.length + at + 1;
  });
  return places;
}

function groupsByShape(
  { graph, edgeByOrdinal, chains, className }: PathedGraph,
  growing: GrowingById,
  places: Uint32Array,
): { readonly byPlace: Uint32Array; readonly points: readonly OwnedPoint[] } {
  const chainByKey = new Map(chains.all.map((chain) => [chain.key, chain]));
  const chainAt = (place: number): Chain | null =>
    chainByKey.get(growing.chains[place - growing.ids.length]?.key ?? '') ?? null;
  const entriesOf = (place: number): readonly number[] =>
    growing.chains[place - growing.ids.length]?.entriesByFile ??
    growing.entriesByFile.map((column) => column[place]);
  const paths = shapePaths(graph, edgeByOrdinal, (node) => places[node] > 0);
  const groupByKind = new Map<string, number>();
  const byPlace = new Uint32Array(growing.ids.length + growing.chains.length);
  const points: {
    readonly key: string;
    readonly entriesByFile: number[];
    containers: number;
    node: NodeOrdinal;
    chain: Chain | null;
  }[] = [];
  const most: number[] = [];
  for (let node = 0; node < graph.nodeCount; node += 1) {
    if (places[node] === 0 || edgeByOrdinal[node] === NO_EDGE) continue;
    const place = places[node] - 1;
    const chain = chainAt(place);
    // One that is held at both ends is told by the same in each run.
    if (chain !== null && chain.heads[0] !== node) continue;
    const ordinal = node as NodeOrdinal;
    const shape = paths.shapeOf(node);
    const kind = `${shape} ${className(ordinal)} ${chain?.link ?? ''}`;
    let group = groupByKind.get(kind);
    if (group === undefined) {
      points.push({
        key: [...paths.words(shape), className(ordinal), ...(chain === null ? [] : [`.${chain.link}*`])].join(
          ' ',
        ),
        containers: 0,
        node: ordinal,
        chain,
        entriesByFile: growing.entriesByFile.map(() => 0),
      });
      group = points.length;
      most.push(0);
      groupByKind.set(kind, group);
    }
    byPlace[place] = group;
    const point = points[group - 1];
    point.containers += 1;
    const entries = entriesOf(place);
    for (const [file, count] of entries.entries()) point.entriesByFile[file] += count;
    const gain = gainedEntries({ entriesByFile: entries });
    if (gain > most[group - 1]) {
      most[group - 1] = gain;
      point.node = ordinal;
      point.chain = chain;
    }
  }
  return { byPlace, points };
}
