import { spawnSync } from 'node:child_process';
import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dominatorTree, NO_DOMINATOR } from '../src/heap/dominator-tree.ts';
import { readColumns } from '../src/heap/format.ts';
import { type HeapGraph, heapGraph } from '../src/heap/heap-graph.ts';
import { retainingEdges } from '../src/heap/retaining-edges.ts';
import { installHeapPeers } from './lib/heap-peers.ts';
import { installedNodes } from './lib/nodes.ts';

// Node by node, does leakline say of a real snapshot what Chrome DevTools' own worker says? `npm run bench -- heap-differences
// [RECORDS]`, on a snapshot of each Node version in the cache. Writes bench/results/heap-differences.md.
//
// The definitions differ in three things, so each is told apart: which edges keep alive, whose bytes are whose, and what becomes of
// nodes that nothing keeps alive. With DevTools' put in for ours, nothing may differ.

type Peer = {
  readonly nodeCount: number;
  readonly nodeFieldCount: number;
  readonly nodeSelfSizeOffset: number;
  readonly nodes: { getValue(index: number): number };
  readonly dominatorsTree: Uint32Array;
  readonly retainedSizes: Float64Array;
  initEssentialEdges(): { getBit(edge: number): boolean };
};

const [records = '4000'] = process.argv.slice(2);
installHeapPeers();
const devtools = (await import(
  pathToFileURL(resolve('.cache/heap/peers/node_modules/heap-snapshot-toolkit/index.js')).href
)) as { parse(stream: NodeJS.ReadableStream): Promise<Peer> };

const rows: string[] = [];
for (const { version, path } of installedNodes()) {
  const file = snapshotBy(path, version);
  const graph = heapGraph(await readColumns(createReadStream(file), { sizeBytes: statSync(file).size }));
  const peer = await devtools.parse(createReadStream(file, 'utf-8'));
  rows.push(`| ${version.replace('v', '')} | ${compare(graph, peer).join(' | ')} |`);
  console.log(rows.at(-1));
}
writeFileSync('bench/results/heap-differences.md', `${[...headLines(), ...rows].join('\n')}\n`);

function compare(graph: HeapGraph, peer: Peer): (number | string)[] {
  const { nodeCount, edgeCount, columns } = graph;
  const own = retainingEdges(graph);
  const essential = peer.initEssentialEdges();
  const theirs = Uint8Array.from({ length: edgeCount }, (_, edge) => Number(essential.getBit(edge)));
  const selfBytes = Uint32Array.from({ length: nodeCount }, (_, node) =>
    peer.nodes.getValue(node * peer.nodeFieldCount + peer.nodeSelfSizeOffset),
  );
  const edges = edgeDifferences(graph, own, theirs);
  const movedBytes = selfBytes.filter((bytes, node) => bytes !== columns.nodeSelfBytes[node]).length;
  const same = dominatorTree(
    ...hungUnderRoot({ ...graph, columns: { ...columns, nodeSelfBytes: selfBytes } }, theirs),
  );
  const ours = dominatorTree(graph, own);
  let otherDominator = 0;
  let otherDominatorByDefault = 0;
  let otherSize = 0;
  let keptByNothing = 0;
  for (let node = 1; node < nodeCount; node += 1) {
    const theirDominator = peer.dominatorsTree[node];
    if (ours.dominatorByOrdinal[node] !== theirDominator) otherDominatorByDefault += 1;
    if (ours.dominatorByOrdinal[node] === NO_DOMINATOR) keptByNothing += 1;
    if (same.dominatorByOrdinal[node] !== theirDominator) otherDominator += 1;
    if (same.retainedByOrdinal[node] !== peer.retainedSizes[node]) otherSize += 1;
  }
  return [
    nodeCount,
    otherDominator,
    otherSize,
    keptByNothing,
    `${edges.intoProgram} + ${edges.toItself}`,
    edges.other,
    movedBytes,
    otherDominatorByDefault,
  ];
}

/**
 * DevTools leaves out edges from what the globals don't reach into what they reach, so that V8's own tables share nothing of the
 * program's, and edges of a node to itself, which change nothing. Any other difference is one that nobody has explained.
 */
function edgeDifferences(
  graph: HeapGraph,
  own: Uint8Array,
  theirs: Uint8Array,
): { intoProgram: number; toItself: number; other: number } {
  const { columns, nodeCount, firstEdgeByOrdinal } = graph;
  const { edgeTo, edgeType, edgeTypes } = columns;
  const isOfProgram = new Uint8Array(nodeCount);
  const waiting: number[] = [];
  for (let edge = 0; edge < firstEdgeByOrdinal[1]; edge += 1) {
    if (edgeTypes[edgeType[edge]] === 'shortcut') waiting.push(edgeTo[edge]);
  }
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isOfProgram[node] === 1) continue;
    isOfProgram[node] = 1;
    for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
      if (edgeTypes[edgeType[edge]] !== 'weak') waiting.push(edgeTo[edge]);
    }
  }
  const found = { intoProgram: 0, toItself: 0, other: 0 };
  for (let node = 0; node < nodeCount; node += 1) {
    for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
      if (own[edge] === theirs[edge]) continue;
      const to = edgeTo[edge];
      if (own[edge] === 1 && to === node) found.toItself += 1;
      else if (own[edge] === 1 && isOfProgram[node] === 0 && isOfProgram[to] === 1) found.intoProgram += 1;
      else found.other += 1;
    }
  }
  return found;
}

/** The graph with an edge more from the root to each node into which no edge leads that keeps alive. */
function hungUnderRoot(graph: HeapGraph, retains: Uint8Array): [HeapGraph, Uint8Array] {
  const { columns, nodeCount, edgeCount, firstEdgeByOrdinal } = graph;
  const isHeld = new Uint8Array(nodeCount).fill(1, 0, 1);
  for (let edge = 0; edge < edgeCount; edge += 1) if (retains[edge] === 1) isHeld[columns.edgeTo[edge]] = 1;
  const orphans = [...isHeld.keys()].filter((node) => isHeld[node] === 0);
  const rootEnd = firstEdgeByOrdinal[1];
  const edgeTo = Uint32Array.from([
    ...columns.edgeTo.subarray(0, rootEnd),
    ...orphans,
    ...columns.edgeTo.subarray(rootEnd),
  ]);
  const kept = Uint8Array.from([
    ...retains.subarray(0, rootEnd),
    ...orphans.map(() => 1),
    ...retains.subarray(rootEnd),
  ]);
  const firstEdge = firstEdgeByOrdinal.map((edge, node) => (node === 0 ? 0 : edge + orphans.length));
  return [
    {
      columns: { ...columns, edgeTo },
      nodeCount,
      edgeCount: edgeTo.length,
      firstEdgeByOrdinal: firstEdge,
    },
    kept,
  ];
}

function snapshotBy(node: string, version: string): string {
  mkdirSync('.cache/heap', { recursive: true });
  const file = join('.cache/heap', `differences-${version}.heapsnapshot`);
  const { status, stderr } = spawnSync(node, ['bench/heap/server-like-heap.js', records, file], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Node ${version} wrote no snapshot: ${stderr}`);
  return file;
}

function headLines(): string[] {
  return [
    '# leakline and DevTools on the same snapshots',
    '',
    `\`npm run bench -- heap-differences ${records}\`, ${new Date().toISOString().slice(0, 10)}; DevTools' worker as heap-snapshot-toolkit 1.1.3 has it. Compared node by node: the dominator, and the retained size to the byte, where DevTools' definitions are put in for ours: so it is the algorithms that are compared. The definitions differ:`,
    '',
    '- **Edges.** DevTools leaves out those from what the global objects do not reach into what they reach. leakline counts every strong edge: an object that V8 holds as well would not go if the program let it go.',
    '- **Bytes.** DevTools adds the bytes of an array or code that one object alone owns to that object. leakline leaves them where V8 counts them; retained sizes of the owners are the same.',
    '- **Kept by nothing.** What only weak edges reach hangs under the root in DevTools, and has no dominator here.',
    '',
    '| Node | nodes | other dominator | other retained size | kept by nothing | edges only leakline counts: into the program + to itself | edges nobody explained | nodes whose own bytes moved | other dominator with our own edges |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
  ];
}
