import { NO_SCOPE, type ScopeTable, selfBytesOf } from './columns.ts';
import { type DominatorTree, NO_DOMINATOR } from './dominator-tree.ts';
import type { HeapGraph, NodeOrdinal } from './heap-graph.ts';
import type { ContextScope } from './context-scopes.ts';
import type { ScriptScopes } from './script-scopes.ts';

/** A variable that functions had captured, and that nothing left can read or write. */
export type UnusedVariable = {
  readonly name: string;
  /** One object for all variables of a scope. */
  readonly scope: ContextScope;
  /** V8's object for the variables of one entry into the scope. */
  readonly context: NodeOrdinal;
  readonly value: NodeOrdinal;
  /** What the value keeps alive, itself included. */
  readonly retainedBytes: number;
  /** Whether nothing else holds the value: then this is what would go with the variable, and else nothing would. */
  readonly isOnlyHolder: boolean;
};

/** One variable of the source, in all contexts in which nothing uses it. */
export type UnusedByName = {
  readonly name: string;
  readonly scope: ContextScope;
  readonly contexts: number;
  /** What would go with it, each by itself; what the value of one keeps inside that of another counts once. */
  readonly releasedBytes: number;
  /** The one that would release most. */
  readonly largest: UnusedVariable;
};

export type UnusedVariables =
  | {
      readonly isKnown: true;
      /** How many there are, in how many contexts. */
      readonly count: number;
      readonly contexts: number;
      /** What would go with all of them, each byte once; also what only several of them together keep alive. */
      readonly releasedBytes: number;
      /** Those that would release most first, then those whose values retain most. */
      readonly variables: readonly UnusedVariable[];
      /** The same by scope and name, those that would release most first. */
      readonly byName: readonly UnusedByName[];
    }
  | {
      readonly isKnown: false;
      /**
       * `no tables`: V8 wrote none, as no Node up to 26.10 does. `no numbers`: the numbers of its scopes are hidden, as in a redacted snapshot.
       * `too nested`: it would take more steps than any program's source asks for.
       */
      readonly because: 'no tables' | 'no numbers' | 'too nested';
    };

export type UnusedVariablesInput = {
  readonly graph: HeapGraph;
  readonly scopes: ScriptScopes;
  readonly tree: DominatorTree;
  /** By edge. */
  readonly retains: Uint8Array;
  /** By ordinal, where in the tree's walk a node is. */
  readonly placeByOrdinal: Uint32Array;
  readonly scopeAt: (row: number) => ContextScope;
};

/**
 * The captured variables that no function uses any more that can still run: V8 gives all functions that are made in one scope one context
 * for what any of them captures, so the longest-lived keeps alive what only the others used.
 *
 * A variable counts as used in a context if a function that can still run reaches that context, and a use of the variable lies in that
 * function or in one within it, which it could make. Left out is what cannot be known from source: variables of scopes in which text is
 * evaluated, or that other scripts can see (V8 lists neither), parameters that an `arguments` object shows, contexts that running
 * functions are in, and what a function reaches that its script's table lacks.
 */
export function unusedVariables(input: UnusedVariablesInput, limit: number): UnusedVariables {
  const { scopes } = input;
  if (!scopes.hasFunctions()) return { isKnown: false, because: 'no numbers' };
  const contexts = contextSlots(input.graph, scopes);
  if (contexts === null || !markUses(scopes, contexts)) return { isKnown: false, because: 'too nested' };
  contexts.useWhatElseHolds();
  const found = measured(input, contexts.unusedEdges(input.placeByOrdinal));
  const groups = byName(input, found);
  return {
    isKnown: true,
    count: found.edge.length,
    // Those of one context follow one another.
    contexts: found.context.reduce((count, one, at) => count + (one === found.context[at - 1] ? 0 : 1), 0),
    releasedBytes: releasedByAll(input, found.edge),
    variables: largestOf(found.key, limit).map((at) => described(input, found, at)),
    byName: groups.slice(0, limit).map(({ largest: at, contexts: count, releasedBytes }) => {
      const largest = described(input, found, at);
      const { name, scope } = largest;
      return { name, scope, contexts: count, releasedBytes, largest };
    }),
  };
}

/** Unused variables as columns: a leak has a million of them. */
type Found = {
  readonly edge: readonly number[];
  readonly context: readonly number[];
  readonly scope: readonly number[];
  /** 1 where nothing else holds the value. */
  readonly isOnlyHolder: Uint8Array;
  /** In whose order they are told: what would be released, and after all that would release anything, what the value retains. */
  readonly key: Float64Array;
};

function measured(input: UnusedVariablesInput, { edge, context, scope }: ContextEdges): Found {
  const { graph, tree } = input;
  const { edgeTo } = graph.columns;
  const holds = heldByOne(input, edge);
  const isOnlyHolder = new Uint8Array(edge.length);
  const key = new Float64Array(edge.length);
  for (let at = 0; at < edge.length; at += 1) {
    const value = edgeTo[edge[at]];
    isOnlyHolder[at] = Number(holds[value] === 1 && !isWithin(context[at], value, input));
    key[at] = tree.retainedByOrdinal[value] + (isOnlyHolder[at] === 1 ? RELEASES : 0);
  }
  return { edge, context, scope, isOnlyHolder, key };
}

/** More than any heap has; with a heap's bytes added it is still exact. */
const RELEASES = 2 ** 52;

/** Their places, the largest first; of many that are equal at the end, the first. Without a limit all are sorted, which takes longest. */
function largestOf(key: Float64Array, limit: number): number[] {
  const count = Math.min(limit, key.length);
  if (count < 1) return [];
  const least = key.slice().sort()[key.length - count];
  const larger: number[] = [];
  const equal: number[] = [];
  for (let at = 0; at < key.length; at += 1) {
    if (key[at] > least) larger.push(at);
    else if (key[at] === least && equal.length < count) equal.push(at);
  }
  return [...larger.sort((a, b) => key[b] - key[a]), ...equal].slice(0, count);
}

function described(
  { graph, tree, scopeAt }: UnusedVariablesInput,
  { edge, context, scope, isOnlyHolder }: Found,
  at: number,
): UnusedVariable {
  const { edgeNameOrIndex, edgeTo, strings } = graph.columns;
  const value = edgeTo[edge[at]];
  return {
    name: strings.at(edgeNameOrIndex[edge[at]]),
    scope: scopeAt(scope[at]),
    context: context[at] as NodeOrdinal,
    value: value as NodeOrdinal,
    retainedBytes: tree.retainedByOrdinal[value],
    isOnlyHolder: isOnlyHolder[at] === 1,
  };
}

type Group = { largest: number; contexts: number; releasedBytes: number; insideUntil: number };

/**
 * In the order of the tree's walk, in which what a value keeps follows it: so one place by variable tells whether a value lies in
 * another one's.
 */
function byName({ graph, tree, placeByOrdinal }: UnusedVariablesInput, found: Found): Group[] {
  const { edgeNameOrIndex, edgeTo, strings } = graph.columns;
  const { edge, scope, isOnlyHolder, key } = found;
  const groups = new Map<number, Group>();
  const groupOf = (at: number): Group => {
    const name = scope[at] * strings.count + edgeNameOrIndex[edge[at]];
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group = { largest: at, contexts: 0, releasedBytes: 0, insideUntil: 0 };
    groups.set(name, group);
    return group;
  };
  const inOrder: number[] = [];
  for (let at = 0; at < edge.length; at += 1) {
    const group = groupOf(at);
    group.contexts += 1;
    if (key[at] > key[group.largest]) group.largest = at;
    // By its place in the walk, with its own behind it.
    if (isOnlyHolder[at] === 1) inOrder.push(placeByOrdinal[edgeTo[edge[at]]] * edge.length + at);
  }
  for (const one of Float64Array.from(inOrder).sort()) {
    const at = one % edge.length;
    const place = (one - at) / edge.length;
    const group = groupOf(at);
    if (place < group.insideUntil) continue;
    group.insideUntil = place + tree.sizeByPlace[place];
    group.releasedBytes += tree.retainedByOrdinal[edgeTo[edge[at]]];
  }
  return [...groups.values()].sort(
    (a, b) => b.releasedBytes - a.releasedBytes || key[b.largest] - key[a.largest],
  );
}

/** Null where there would be more marks than steps are taken: a file may say of one scope that it has a million variables and a million contexts. */
function contextSlots(graph: HeapGraph, scopes: ScriptScopes): ContextSlots | null {
  const { contexts, table } = scopes;
  const rowByPlace = new Uint32Array(contexts.length);
  const first = new Uint32Array(contexts.length + 1);
  let count = 0;
  for (const [place, context] of contexts.entries()) {
    const row = scopes.rowOfContext(context);
    rowByPlace[place] = row;
    if (row !== NO_SCOPE) count += table.firstVariable[row + 1] - table.firstVariable[row];
    if (count > STEPS_MAX) return null;
    first[place + 1] = count;
  }
  return new ContextSlots(graph, scopes, rowByPlace, first);
}

/** The edges from contexts to the values of their variables, those of one context together. */
type ContextEdges = {
  readonly edge: number[];
  readonly context: number[];
  /** The row of the scope. */
  readonly scope: number[];
};

/** A mark for each variable of each context: whether it is used. */
class ContextSlots {
  readonly #graph: HeapGraph;
  readonly #scopes: ScriptScopes;
  /** By ordinal, one more than the context's place in `scopes.contexts`; 0 for what is none. */
  readonly #placeByOrdinal: Uint32Array;
  readonly #rowByPlace: Uint32Array;
  /** By place of a context, where the marks of its variables begin. */
  readonly #first: Uint32Array;
  readonly #isUsed: Uint8Array;

  constructor(graph: HeapGraph, scopes: ScriptScopes, rowByPlace: Uint32Array, first: Uint32Array) {
    this.#graph = graph;
    this.#scopes = scopes;
    this.#rowByPlace = rowByPlace;
    this.#first = first;
    this.#isUsed = new Uint8Array(first[first.length - 1]);
    this.#placeByOrdinal = new Uint32Array(graph.nodeCount);
    scopes.contexts.forEach((context, place) => {
      this.#placeByOrdinal[context] = place + 1;
    });
  }

  /** Where a context is among all, or -1 for what is none. */
  placeOf(node: number): number {
    return this.#placeByOrdinal[node] - 1;
  }

  rowAt(place: number): number {
    return this.#rowByPlace[place];
  }

  use(place: number, slot: number): void {
    const at = this.#first[place] + slot;
    if (at < this.#first[place + 1]) this.#isUsed[at] = 1;
  }

  useAll(place: number): void {
    this.#isUsed.fill(1, this.#first[place], this.#first[place + 1]);
  }

  /** Whatever runs may use what it has at hand, and through an `arguments` object parameters are read without their names. */
  useWhatElseHolds(): void {
    const { columns, nodeCount, firstEdgeByOrdinal } = this.#graph;
    const { nodeName, edgeTo, strings } = columns;
    const names = HOLDERS.map((name) => strings.indexOf(name));
    for (let node = 0; node < nodeCount; node += 1) {
      if (!names.includes(nodeName[node])) continue;
      for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
        const place = this.placeOf(edgeTo[edge]);
        if (place >= 0) this.useAll(place);
      }
    }
  }

  /** What nothing keeps alive has no variables to speak of. */
  unusedEdges(placeByOrdinal: Uint32Array): ContextEdges {
    const { contexts } = this.#scopes;
    const { columns, firstEdgeByOrdinal } = this.#graph;
    const { edgeType, edgeTypes, edgeNameOrIndex } = columns;
    const captured = edgeTypes.indexOf('context');
    const slotByNameByRow = new Map<number, ReadonlyMap<number, number>>();
    const unused: ContextEdges = { edge: [], context: [], scope: [] };
    contexts.forEach((context, place) => {
      if (this.#first[place] === this.#first[place + 1] || placeByOrdinal[context] === NO_DOMINATOR) return;
      const scope = this.#rowByPlace[place];
      const slotByName = slotByNameByRow.get(scope) ?? slots(this.#scopes.table, scope);
      slotByNameByRow.set(scope, slotByName);
      for (let edge = firstEdgeByOrdinal[context]; edge < firstEdgeByOrdinal[context + 1]; edge += 1) {
        if (edgeType[edge] !== captured) continue;
        const slot = slotByName.get(edgeNameOrIndex[edge]);
        if (slot === undefined || this.#isUsed[this.#first[place] + slot] === 1) continue;
        unused.edge.push(edge);
        unused.context.push(context);
        unused.scope.push(scope);
      }
    });
    return unused;
  }
}

/** Besides functions; a context's own `previous` is reached through these. */
const HOLDERS = ['(Stack roots)', '(Handle scope)', 'system / SloppyArgumentsElements'];

function slots({ firstVariable, variableName }: ScopeTable, row: number): Map<number, number> {
  const slotByName = new Map<number, number>();
  for (let at = firstVariable[row]; at < firstVariable[row + 1]; at += 1)
    slotByName.set(variableName[at], at - firstVariable[row]);
  return slotByName;
}

/** Marks what each function that can still run uses, in all contexts it reaches. Returns whether that came to an end. */
function markUses(scopes: ScriptScopes, contexts: ContextSlots): boolean {
  const contextsByRow = new Map<number, number[]>();
  for (const { row, context } of scopes.liveFunctions()) {
    const known = contextsByRow.get(row);
    if (known === undefined) contextsByRow.set(row, [context]);
    else known.push(context);
  }
  const { table } = scopes;
  const { useScopeId, useSlot, firstUse } = table;
  const end = ends(table);
  // By place of a context, the mark of the last function that came by.
  const metBy = new Uint32Array(scopes.contexts.length);
  let steps = 0;
  let mark = 0;
  for (const [row, madeIn] of contextsByRow) {
    mark += 1;
    // What lies in the function, those within it included, is one piece of rows. Its own variables count: a generator that waits reaches them.
    const slotsByScope = new Map<number, Set<number>>();
    const isUnknown = row === NO_SCOPE;
    const lastUse = isUnknown ? 0 : firstUse[end[row]];
    for (let use = isUnknown ? 0 : firstUse[row]; use < lastUse; use += 1) {
      const declaring = scopes.rowOf(table.script[row], useScopeId[use]);
      if (declaring === NO_SCOPE) continue;
      const used = slotsByScope.get(declaring);
      if (used === undefined) slotsByScope.set(declaring, new Set([useSlot[use]]));
      else used.add(useSlot[use]);
    }
    steps += isUnknown ? 0 : lastUse - firstUse[row];
    for (const first of madeIn) {
      let context = first;
      for (let place = contexts.placeOf(context); place >= 0 && metBy[place] !== mark; ) {
        metBy[place] = mark;
        // What it uses no table tells, so it may be anything it reaches.
        if (isUnknown) contexts.useAll(place);
        const used = slotsByScope.get(contexts.rowAt(place));
        for (const slot of used ?? []) contexts.use(place, slot);
        steps += 1 + (used?.size ?? 0);
        context = scopes.previous(context);
        if (context < 0) break;
        place = contexts.placeOf(context);
      }
      if (steps > STEPS_MAX) return false;
    }
    if (steps > STEPS_MAX) return false;
  }
  return true;
}

/** No program's source comes near; a file can be made to. */
const STEPS_MAX = 100_000_000;

/** By row, where what lies in it is over. */
function ends({ count, parent }: ScopeTable): Uint32Array {
  const end = new Uint32Array(count);
  for (let row = count - 1; row >= 0; row -= 1) {
    if (end[row] === 0) end[row] = row + 1;
    if (parent[row] !== NO_SCOPE && end[parent[row]] < end[row]) end[parent[row]] = end[row];
  }
  return end;
}

/** By ordinal of the values these edges lead to: 1 if one edge keeps it alive, 2 if more do; those from what it dominates don't count. */
function heldByOne(input: UnusedVariablesInput, edges: readonly number[]): Uint8Array {
  const { graph, retains, placeByOrdinal } = input;
  const { columns, nodeCount, firstEdgeByOrdinal } = graph;
  const { edgeTo } = columns;
  const holds = new Uint8Array(nodeCount);
  const isAsked = new Uint8Array(nodeCount);
  for (const edge of edges) isAsked[edgeTo[edge]] = 1;
  for (let node = 0; node < nodeCount; node += 1) {
    if (placeByOrdinal[node] === NO_DOMINATOR) continue;
    const end = firstEdgeByOrdinal[node + 1];
    // Hot: once per edge.
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      const to = edgeTo[edge];
      if (isAsked[to] === 0 || retains[edge] === 0 || holds[to] > 1) continue;
      if (!isWithin(node, to, input)) holds[to] += 1;
    }
  }
  return holds;
}

/** Whether the one is dominated by the other, or is it. */
function isWithin(node: number, by: number, { tree, placeByOrdinal }: UnusedVariablesInput): boolean {
  const place = placeByOrdinal[by];
  const at = placeByOrdinal[node];
  return place < NO_DOMINATOR && at >= place && at < place + tree.sizeByPlace[place];
}

/** What is kept alive now, less what would be without these edges. */
function releasedByAll({ graph, tree, retains }: UnusedVariablesInput, without: readonly number[]): number {
  if (without.length === 0) return 0;
  const { columns, nodeCount, firstEdgeByOrdinal } = graph;
  const { edgeTo } = columns;
  const isLeft = retains.slice();
  for (const edge of without) isLeft[edge] = 0;
  const isReached = new Uint8Array(nodeCount);
  const waiting = new Uint32Array(nodeCount);
  isReached[0] = 1;
  let count = 1;
  let bytes = 0;
  while (count > 0) {
    count -= 1;
    const node = waiting[count];
    bytes += selfBytesOf(columns, node);
    const end = firstEdgeByOrdinal[node + 1];
    // Hot: once per edge.
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      const to = edgeTo[edge];
      if (isLeft[edge] === 0 || isReached[to] === 1) continue;
      isReached[to] = 1;
      waiting[count] = to;
      count += 1;
    }
  }
  return tree.retainedByOrdinal[0] - bytes;
}
