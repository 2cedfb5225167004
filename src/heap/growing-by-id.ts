import type { Chain, Chains } from './chains.ts';
import { finderById, NOT_THERE } from './finder-by-id.ts';
import type { HeapGraph } from './heap-graph.ts';
import { ownEntries } from './own-entries.ts';

/**
 * Objects that are in every snapshot so far, by V8's id, with how many entries of their own each had in which file, and that had more in
 * each than in the one before. After the first file those are all objects, empty ones too; 8 bytes each, and fewer with every file.
 */
export type GrowingById = {
  readonly by: 'id';
  readonly ids: Uint32Array;
  readonly entriesByFile: readonly Uint32Array[];
  readonly chains: readonly GrowingChain[];
};

/** A chain that got longer from each file to the next, by its `key`; after the first file, every chain. */
export type GrowingChain = { readonly key: string; readonly entriesByFile: readonly number[] };

/** Of the first file, or of one more. */
export function growingById(graph: HeapGraph, chains: Chains, before: GrowingById | null): GrowingById {
  const { nodeType, nodeTypes, nodeId } = graph.columns;
  const { counts: entries } = ownEntries(graph);
  const object = nodeTypes.indexOf('object');
  const latest = before?.entriesByFile.at(-1);
  const find = before === null ? null : finderById(before.ids);
  const kept: number[] = [];
  const places: number[] = [];
  const taken = new Uint8Array(before?.ids.length ?? 0);
  for (let node = 0; node < graph.nodeCount; node += 1) {
    if (nodeType[node] !== object) continue;
    if (find !== null && latest !== undefined) {
      const place = find(nodeId[node]);
      // Of two nodes of one id, which no V8 writes, the first.
      if (place === NOT_THERE || taken[place] === 1 || entries[node] <= latest[place]) continue;
      // The last link of a chain gains a property when the chain gains a link, which is the chain's growth.
      if (chains.isWithin[node] === 1) continue;
      taken[place] = 1;
      places.push(place);
    }
    kept.push(node);
  }
  const earlier = before?.entriesByFile ?? [];
  return {
    by: 'id',
    ids: Uint32Array.from(kept, (node) => nodeId[node]),
    entriesByFile: [
      ...earlier.map((column) => Uint32Array.from(places, (place) => column[place])),
      Uint32Array.from(kept, (node) => entries[node]),
    ],
    chains: before === null ? chains.all.map(begun) : growingChains(chains.all, before),
  };
}

function begun({ key, members }: Chain): GrowingChain {
  return { key, entriesByFile: [members.length] };
}

function growingChains(all: readonly Chain[], before: GrowingById): GrowingChain[] {
  const known = new Map(before.chains.map((chain) => [chain.key, chain.entriesByFile]));
  const isFirst = before.entriesByFile.length === 1;
  const find = finderById(before.ids);
  return all.flatMap(({ key, holderId, members }) => {
    // Too short to be one in the first file; if it was held by what was there, it has grown since.
    const isNew = isFirst && !known.has(key) && find(holderId) !== NOT_THERE;
    const earlier = isNew ? [0] : known.get(key);
    if (earlier === undefined || members.length <= (earlier.at(-1) ?? 0)) return [];
    return [{ key, entriesByFile: [...earlier, members.length] }];
  });
}
