import { type Accumulation, accumulation, type GrowingContainers } from './accumulation.ts';
import { type Chains, chains } from './chains.ts';
import { type ClassTotal, className, classTotals, detachedTotals, largestRetained } from './class-summary.ts';
import { type ContextScope, contextScopes } from './context-scopes.ts';
import { NO_SCOPE, selfBytesOf } from './columns.ts';
import { dominatorSteps, type DominatorTree, dominatorTree, NO_DOMINATOR } from './dominator-tree.ts';
import {
  type HeapGraph,
  type NodeOrdinal,
  nodeId,
  nodeName,
  nodeSelfBytes,
  nodeType,
  ownerOf,
  ROOT,
} from './heap-graph.ts';
import { growthBetween, type HeapGrowth } from './growth.ts';
import { containersByWay } from './containers-by-way.ts';
import { growingById } from './growing-by-id.ts';
import { growingByWay } from './growing-by-way.ts';
import { isOneNumbering } from './one-numbering.ts';
import { entryTargets } from './own-entries.ts';
import { plainShapes, type ShapeTotal } from './plain-shapes.ts';
import { type Retainers, retainersOf } from './retainers.ts';
import { ScriptScopes } from './script-scopes.ts';
import { retainingEdges } from './retaining-edges.ts';
import { pathTo, shortestPaths } from './shortest-paths.ts';
import { largestStrings, type StringGroup } from './string-groups.ts';
import { type UnusedVariables, unusedVariables } from './unused-variables.ts';

/** An object, string, function or anything else that V8 counts, as the file tells it. */
export type HeapNode = {
  readonly ordinal: NodeOrdinal;
  /** V8's own id, the number behind the @ in DevTools. Stable between snapshots of one process. */
  readonly id: number;
  /** The file's own word: `object`, `closure`, `string` … */
  readonly type: string;
  /** Of an object its constructor, of a string its text, of a function its name. */
  readonly name: string;
  readonly selfBytes: number;
};

export type HeapEdge = {
  readonly from: NodeOrdinal;
  readonly to: NodeOrdinal;
  /** The file's own word: `property`, `element`, `context`, `internal`, `weak` … */
  readonly type: string;
  /** The property, variable or slot; of an element its index. */
  readonly name: string | number;
};

/** Lines and columns begin at 0, as everywhere in V8. Which file a script is a snapshot does not tell. */
export type HeapLocation = {
  readonly scriptId: number;
  readonly line: number;
  readonly column: number;
};

export type BackingStore = {
  readonly node: NodeOrdinal;
  readonly bytes: number;
  /** The ArrayBuffer that holds it; null where the file shows none. */
  readonly buffer: NodeOrdinal | null;
};

/**
 * One heap snapshot as a graph. Nodes are named by their ordinals, 0 (the root) up to `nodeCount`; an ordinal that is none is the
 * caller's mistake and gives nonsense.
 *
 * What a call needs beyond the columns is built when it is first asked for and kept; the comment of each call says what. Figures are
 * of one core that reads a million nodes in a fifth of a second.
 */
export class Heap {
  readonly root: NodeOrdinal = ROOT;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly #graph: HeapGraph;
  #retains: Uint8Array | null = null;
  #tree: DominatorTree | null = null;
  #placeByOrdinal: Uint32Array | null = null;
  #retainers: Retainers | null = null;
  #pathEdges: Uint32Array | null = null;
  #chains: Chains | null = null;
  #locationByOrdinal: Uint32Array | null = null;
  #scopes: KnownScopes | null = null;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.nodeCount = graph.nodeCount;
    this.edgeCount = graph.edgeCount;
  }

  /**
   * Builds the dominator tree ahead of whoever asks for it, with a turn of the event loop between its steps; the longest takes some
   * 50 ms a million nodes. Between them the signal is looked at; it ends the work with its reason.
   */
  async prepare({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#tree !== null) return;
    const steps = dominatorSteps(this.#graph);
    for (;;) {
      signal?.throwIfAborted();
      const step = steps.next();
      if (step.done === true) {
        this.#tree = step.value;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Builds nothing; the name is decoded anew each time. */
  node(ordinal: NodeOrdinal): HeapNode {
    return {
      ordinal,
      id: nodeId(this.#graph, ordinal),
      type: nodeType(this.#graph, ordinal),
      name: nodeName(this.#graph, ordinal),
      selfBytes: nodeSelfBytes(this.#graph, ordinal),
    };
  }

  /** By V8's id. Looks at all of them; nothing is built. */
  findNode(id: number): NodeOrdinal | undefined {
    const at = this.#graph.columns.nodeId.indexOf(id);
    return at < 0 ? undefined : (at as NodeOrdinal);
  }

  /** What the node's class is called in `classes()`. Builds nothing. */
  className(node: NodeOrdinal): string {
    return className(this.#graph, node);
  }

  /** The edges that begin at the node, in the order of the file. Builds nothing. */
  *edges(node: NodeOrdinal): Generator<HeapEdge> {
    const { firstEdgeByOrdinal } = this.#graph;
    for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
      yield this.#edge(edge, node);
    }
  }

  /** The edges that lead to the node, weak ones too. Builds a list of all edges by where they lead: 4 bytes an edge and a node. */
  *retainers(node: NodeOrdinal): Generator<HeapEdge> {
    const { first, edges } = (this.#retainers ??= retainersOf(this.#graph));
    for (let at = first[node]; at < first[node + 1]; at += 1) yield this.#edge(edges[at]);
  }

  /**
   * The bytes that would go if the node went: its own and those of all it dominates. Nothing for what only weak edges reach.
   * Builds the dominator tree: about 0.15 s a million nodes, 20 bytes a node kept.
   */
  retainedBytes(node: NodeOrdinal): number {
    return this.#dominators().retainedByOrdinal[node];
  }

  /**
   * The last node that every way from the root to this one passes; null for the root and for what nothing keeps alive.
   * Builds the dominator tree.
   */
  dominator(node: NodeOrdinal): NodeOrdinal | null {
    const dominator = this.#dominators().dominatorByOrdinal[node];
    return dominator === NO_DOMINATOR ? null : (dominator as NodeOrdinal);
  }

  /** The nodes whose dominator this one is, in no order. Builds the dominator tree, and 4 bytes a node more. */
  *dominatedBy(node: NodeOrdinal): Generator<NodeOrdinal> {
    const { walk, sizeByPlace } = this.#dominators();
    const place = this.#places()[node];
    if (place === NO_PLACE) return;
    const end = place + sizeByPlace[place];
    for (let at = place + 1; at < end; at += sizeByPlace[at]) yield walk[at] as NodeOrdinal;
  }

  /** How many nodes retaining edges reach from the root. Builds the dominator tree. */
  retainedCount(): number {
    return this.#dominators().walk.length;
  }

  /** Every class with its instances, own size and retained size, the largest own size first. Builds the dominator tree. */
  classes(): ClassTotal[] {
    return classTotals(this.#graph, this.#dominators());
  }

  /**
   * Of the nodes that `detachedness` calls detached and that are kept alive, every class, the largest retained size first. Builds the
   * dominator tree.
   */
  detached(): ClassTotal[] {
    return detachedTotals(this.#graph, this.#dominators());
  }

  /** The objects of no class of their own by their properties, the largest own size first. Looks at the edges of all of them. */
  shapes(): ShapeTotal[] {
    return plainShapes(this.#graph);
  }

  /** The nodes of a class, in the order of the file. Looks at all nodes; the name is that of `classes()`, or if no class has it that of a function. */
  *instancesOf(name: string): Generator<NodeOrdinal> {
    const { nodeType: types, nodeName: names, nodeTypes, strings } = this.#graph.columns;
    const bracketed = /^\((.*)\)$/.exec(name)?.[1] ?? null;
    const isName = new Uint8Array(strings.count);
    const isCalled = (node: number): boolean => {
      const string = names[node];
      if (isName[string] === 0) isName[string] = strings.at(string) === name ? YES : NO;
      return isName[string] === YES;
    };
    let isClass = false;
    for (let at = 0; at < this.nodeCount; at += 1) {
      const type = nodeTypes[types[at]];
      const isMeant = type === 'object' || type === 'native' ? isCalled(at) : type === bracketed;
      if (isMeant) yield at as NodeOrdinal;
      isClass ||= isMeant;
    }
    if (isClass) return;
    const closure = nodeTypes.indexOf('closure');
    for (let at = 0; at < this.nodeCount; at += 1) {
      if (types[at] === closure && isCalled(at)) yield at as NodeOrdinal;
    }
  }

  /** The nodes that retain most, largest first, V8's own roots left out. Builds the dominator tree. */
  largest(limit: number): NodeOrdinal[] {
    return largestRetained(this.#graph, this.#dominators().retainedByOrdinal, limit);
  }

  /**
   * One of the shortest ways from the root to the node over edges that keep alive; null for what nothing keeps alive, empty for the
   * root. Ways through the program's globals go before those through V8's own roots, and those from the stack come last.
   * Builds a breadth-first tree: 4 bytes a node and 1 an edge kept.
   */
  path(node: NodeOrdinal): HeapEdge[] | null {
    const path = pathTo(this.#graph, this.#paths(), node);
    return path === null ? null : path.map((edge) => this.#edge(edge));
  }

  /** The last edge of `path`, in constant time: who holds the node. */
  holder(node: NodeOrdinal): HeapEdge | null {
    const edge = this.#paths()[node];
    return edge === NO_PLACE ? null : this.#edge(edge);
  }

  /** Where the function, or the constructor of the object, stands; null where the file does not tell. Builds 4 bytes a node. */
  location(node: NodeOrdinal): HeapLocation | null {
    const { locations } = this.#graph.columns;
    const at = this.#locations()[node];
    if (at === 0) return null;
    return {
      scriptId: locations.scriptId[at - 1],
      line: locations.line[at - 1],
      column: locations.column[at - 1],
    };
  }

  /** The nodes that have a position, in the order of the file. Builds nothing. */
  *locatedNodes(): Generator<NodeOrdinal> {
    const { locations } = this.#graph.columns;
    for (let row = 0; row < locations.count; row += 1) yield locations.node[row] as NodeOrdinal;
  }

  /**
   * Whether a DOM node is in the document. Node calls those of its own objects detached that live no longer than JavaScript's side
   * of them; `unknown` is everything else. Builds nothing.
   */
  detachedness(node: NodeOrdinal): 'unknown' | 'attached' | 'detached' {
    const value = this.#graph.columns.nodeDetachedness?.[node] ?? 0;
    if (value === 1) return 'attached';
    return value === 2 ? 'detached' : 'unknown';
  }

  /**
   * The texts that take most, all strings of one text together, cut to `textLengthMax` characters. Who holds one tells
   * `holder`. Looks at all nodes; 16 bytes a string while it does.
   */
  strings(limit: number, textLengthMax = 200): StringGroup[] {
    return largestStrings(this.#graph, limit, textLengthMax);
  }

  /** The memory of ArrayBuffers, which lies outside V8's heap: the largest first. Looks at all nodes and edges. */
  backingStores(): BackingStore[] {
    const { columns } = this.#graph;
    const { edgeTo, edgeNameOrIndex, edgeType, edgeTypes, strings, nodeName: names } = columns;
    const internal = edgeTypes.indexOf('internal');
    const kindByName = new Uint8Array(strings.count);
    const bufferByStore = new Map<number, NodeOrdinal | null>();
    const isName = (name: number, text: string): boolean => {
      if (kindByName[name] === 0) kindByName[name] = strings.at(name) === text ? YES : NO;
      return kindByName[name] === YES;
    };
    for (let edge = 0; edge < this.edgeCount; edge += 1) {
      if (edgeType[edge] !== internal || !isName(edgeNameOrIndex[edge], 'backing_store')) continue;
      bufferByStore.set(edgeTo[edge], ownerOf(edge, this.#graph.firstEdgeByOrdinal));
    }
    kindByName.fill(0);
    for (let node = 0; node < this.nodeCount; node += 1) {
      if (!bufferByStore.has(node) && isName(names[node], 'system / JSArrayBufferData')) {
        bufferByStore.set(node, null);
      }
    }
    return [...bufferByStore]
      .map(([node, buffer]) => ({ node: node as NodeOrdinal, bytes: selfBytesOf(columns, node), buffer }))
      .sort((a, b) => b.bytes - a.bytes);
  }

  /**
   * What grew since an earlier snapshot of the same process, by V8's ids, by class, and where it accumulates. Builds both dominator
   * trees, and looks at all nodes of both.
   */
  growthSince(before: Heap, pointsMax = 10): HeapGrowth {
    return growthBetween(
      { graph: before.#graph, tree: before.#dominators() },
      { graph: this.#graph, tree: this.#dominators() },
      pointsMax,
    );
  }

  /**
   * Whether V8's ids of an earlier snapshot mean the same objects here. They do not if the snapshots are of two processes, and also
   * if an inspector session of the process ended in between: then V8 counts anew. Looks at all ids of both, 8 bytes each.
   */
  isNumberedLike(before: Heap): boolean {
    return isOneNumbering(before.#graph, this.#graph);
  }

  /**
   * The objects that gained entries from each snapshot of a program to the next, matched by V8's ids or by the way to them: begin with the
   * first and `null`, hand each answer to the next. Looks at all edges and builds shortest ways; nothing is kept in here, so the heap can
   * go before the next is read.
   */
  growingContainers(
    before: GrowingContainers | null,
    by: GrowingContainers['by'] = before?.by ?? 'id',
  ): GrowingContainers {
    if (by === 'id')
      return growingById(this.#graph, this.#chainsOnPaths(), before?.by === 'id' ? before : null);
    return growingByWay(containersByWay(this.#pathed()), before?.by === 'way' ? before : null);
  }

  /**
   * Where memory accumulates from the first snapshot to this, the last: the containers that gained entries in each, with the part of
   * the growth that is theirs. Builds dominators and shortest ways of both.
   */
  accumulationSince(first: Heap, growing: GrowingContainers, limit = 100): Accumulation {
    const measured = (heap: Heap) => ({ ...heap.#pathed(), tree: heap.#dominators() });
    return accumulation(measured(first), measured(this), growing, limit);
  }

  /**
   * The captured variables that nothing left uses, those that would release most first, from V8's own tables of which scope uses
   * what; or why that is not known. Numbers are bytes. What counts as used, and what is left out because source does not tell, is said
   * at `unusedVariables` in unused-variables.ts and in docs/decisions/0029. Nothing is thrown.
   *
   * Looks at all edges three times and builds dominators; beside these 11 bytes a node, 1 an edge and 1 a captured variable while it
   * looks. What is kept grows with the scopes, functions and contexts.
   *
   * ```js
   * const unused = heap.unusedVariables();
   * if (unused.isKnown)
   *   for (const { name, scope, releasedBytes } of unused.byName) console.log(name, scope.functionName, releasedBytes);
   * ```
   */
  unusedVariables(limit = 100): UnusedVariables {
    const known = this.#knownScopes();
    if (known === null) return { isKnown: false, because: 'no tables' };
    this.#retains ??= retainingEdges(this.#graph);
    return unusedVariables(
      {
        graph: this.#graph,
        scopes: known.scopes,
        tree: this.#dominators(),
        retains: this.#retains,
        placeByOrdinal: this.#places(),
        scopeAt: known.scopeAt,
      },
      limit,
    );
  }

  /**
   * The scope whose captured variables a context holds: its function and script. Null for what is no context, and where V8 wrote no tables
   * of scopes. Looks at all edges the first time.
   */
  contextScope(context: NodeOrdinal): ContextScope | null {
    const known = this.#knownScopes();
    const row = known?.scopes.rowOfContext(context) ?? NO_SCOPE;
    return known === null || row === NO_SCOPE ? null : known.scopeAt(row);
  }

  /** What the entries of an object lead to: elements, a Map's values, a Set's members, or properties. Builds nothing. */
  *entries(node: NodeOrdinal): Generator<NodeOrdinal> {
    yield* entryTargets(this.#graph, node) as Generator<NodeOrdinal>;
  }

  #knownScopes(): KnownScopes | null {
    const { scopes: table } = this.#graph.columns;
    if (this.#scopes !== null || table === null) return this.#scopes;
    const scopes = new ScriptScopes(this.#graph, table);
    return (this.#scopes = { scopes, scopeAt: contextScopes(this.#graph, scopes) });
  }

  #edge(edge: number, from: NodeOrdinal = ownerOf(edge, this.#graph.firstEdgeByOrdinal)): HeapEdge {
    const { edgeType, edgeTypes, edgeTo, edgeNameOrIndex, strings } = this.#graph.columns;
    const type = edgeTypes[edgeType[edge]];
    const name = edgeNameOrIndex[edge];
    const isIndexed = type === 'element' || type === 'hidden';
    return { from, to: edgeTo[edge] as NodeOrdinal, type, name: isIndexed ? name : strings.at(name) };
  }

  #dominators(): DominatorTree {
    return (this.#tree ??= dominatorTree(this.#graph));
  }

  #places(): Uint32Array {
    if (this.#placeByOrdinal !== null) return this.#placeByOrdinal;
    const { walk } = this.#dominators();
    const places = new Uint32Array(this.nodeCount).fill(NO_PLACE);
    for (let place = 0; place < walk.length; place += 1) places[walk[place]] = place;
    return (this.#placeByOrdinal = places);
  }

  #paths(): Uint32Array {
    this.#retains ??= retainingEdges(this.#graph);
    return (this.#pathEdges ??= shortestPaths(this.#graph, this.#retains));
  }

  #pathed() {
    return {
      graph: this.#graph,
      edgeByOrdinal: this.#paths(),
      chains: this.#chainsOnPaths(),
      className: (node: NodeOrdinal) => this.className(node),
    };
  }

  #chainsOnPaths(): Chains {
    return (this.#chains ??= chains(this.#graph, this.#paths()));
  }

  /** One more than the row of `locations`, so that 0 means "none". */
  #locations(): Uint32Array {
    if (this.#locationByOrdinal !== null) return this.#locationByOrdinal;
    const { locations } = this.#graph.columns;
    const rows = new Uint32Array(this.nodeCount);
    for (let row = 0; row < locations.count; row += 1) rows[locations.node[row]] = row + 1;
    return (this.#locationByOrdinal = rows);
  }
}

type KnownScopes = { readonly scopes: ScriptScopes; readonly scopeAt: (row: number) => ContextScope };

const NO_PLACE = 0xff_ff_ff_ff;
const YES = 1;
const NO = 2;
