import { NO_SCOPE, ROOT_SCOPE, type ScopeTable } from './columns.ts';
import type { HeapGraph } from './heap-graph.ts';

/** A function that can still run, with the context it runs in; `row` is `NO_SCOPE` where its script's table lacks it. */
export type LiveFunction = { readonly row: number; readonly context: number; readonly closure: number };

/**
 * The scope tables of a snapshot set against its graph: which row of them a context has its variables from, and which a function runs.
 *
 * V8's objects are known by the names of the edges that they alone have, not by their own names, which differ from version to version. A
 * scope's number stands beside its description as a number's text, which V8 writes for its own numbers; where that is hidden no row is found.
 */
export class ScriptScopes {
  readonly table: ScopeTable;
  /** Ordinals, ascending. */
  readonly contexts: readonly number[];
  readonly #graph: HeapGraph;
  readonly #internal: number;
  readonly #names: EdgeNames;
  readonly #closures: readonly number[];
  readonly #generators: readonly number[];
  readonly #rowByIdByScript = new Map<number, Map<number, number>>();
  readonly #rowByShared = new Map<number, number>();
  readonly #sharedByRow = new Map<number, number>();
  /** Whether the number of some function's scope is hidden. */
  #isHidden = false;
  readonly #scriptByScopeInfo = new Map<number, number>();
  readonly #rowByScopeInfo = new Map<number, number>();
  readonly #scopeInfoByRow = new Map<number, number>();
  readonly #numberByNode = new Map<number, number | null>();

  constructor(graph: HeapGraph, table: ScopeTable) {
    this.table = table;
    this.#graph = graph;
    this.#internal = graph.columns.edgeTypes.indexOf('internal');
    this.#names = edgeNames(graph);
    for (let row = 0; row < table.count; row += 1) {
      const rows = this.#rowByIdByScript.get(table.script[row]) ?? new Map<number, number>();
      this.#rowByIdByScript.set(table.script[row], rows);
      rows.set(table.id[row], row);
    }
    const { contexts, shared, generators, closures } = this.#scan();
    this.contexts = contexts;
    this.#generators = generators;
    this.#closures = closures;
    for (const one of shared) this.#learn(one);
    for (const script of this.#rowByIdByScript.keys()) this.#learnLeftOver(script);
  }

  /** Whether it is known of all functions which they are in the tables: not so where some of their numbers are hidden. */
  hasFunctions(): boolean {
    return this.#rowByShared.size > 0 && !this.#isHidden;
  }

  /** The row of a scope of a script, or `NO_SCOPE`. */
  rowOf(script: number, id: number): number {
    return this.#rowByIdByScript.get(script)?.get(id) ?? NO_SCOPE;
  }

  /** The row of the scope whose variables a context holds, or `NO_SCOPE`. */
  rowOfContext(context: number): number {
    const info = this.#follow(context, this.#names.scopeInfo);
    if (info < 0) return NO_SCOPE;
    const known = this.#rowByScopeInfo.get(info);
    if (known !== undefined) return known;
    const script = this.#scriptByScopeInfo.get(info);
    const id = this.#numberAt(info, this.#names.scopeId);
    const row = script === undefined || id === null ? NO_SCOPE : this.rowOf(script, id);
    this.#rowByScopeInfo.set(info, row);
    if (row !== NO_SCOPE) this.#scopeInfoByRow.set(row, info);
    return row;
  }

  /** The context around a context, or -1. */
  previous(context: number): number {
    return this.#follow(context, this.#names.previous);
  }

  /**
   * Each function in the context it was made in, and each that waits at an `await` or `yield` in the one it goes on in. One that has ended
   * does not; nor does a module's whole text once it has run.
   */
  *liveFunctions(): Generator<LiveFunction> {
    const { context, continuation, function: functionName } = this.#names;
    const hasRun = new Set<number>();
    for (const generator of this.#generators) {
      const closure = this.#follow(generator, functionName);
      const row = closure < 0 ? undefined : this.#rowOfClosure(closure);
      if (row === undefined) continue;
      const at = this.#numberAt(generator, continuation);
      // Less than zero is ended, or running; what runs has its contexts on the stack.
      if (at !== null && at < 0) {
        if (row !== NO_SCOPE && this.table.id[row] === ROOT_SCOPE) hasRun.add(closure);
        continue;
      }
      const goesOnIn = this.#follow(generator, context);
      if (goesOnIn >= 0) yield { row, context: goesOnIn, closure };
    }
    for (const closure of this.#closures) {
      if (hasRun.has(closure)) continue;
      const row = this.#rowOfClosure(closure);
      const madeIn = row === undefined ? -1 : this.#follow(closure, context);
      if (row !== undefined && madeIn >= 0) yield { row, context: madeIn, closure };
    }
  }

  /**
   * The innermost function around a scope that the snapshot still tells of, as its row; `NO_SCOPE` for that of no function. It has V8's
   * description of itself, or of a scope that is a function's.
   */
  functionAround(row: number): number {
    for (let at = row; at !== NO_SCOPE; at = this.table.parent[at]) {
      if (this.table.id[at] === ROOT_SCOPE) return NO_SCOPE;
      if (this.#sharedByRow.has(at) || this.nameInScopeInfo(at) !== null) return at;
    }
    return NO_SCOPE;
  }

  /**
   * The function's name as V8 keeps it with the description of its scope, for whom nothing else is left of it: by an edge of its own, or as
   * the one text there that is no variable's name.
   */
  nameInScopeInfo(row: number): string | null {
    const info = this.#scopeInfoByRow.get(row);
    if (info === undefined) return null;
    const { columns, firstEdgeByOrdinal } = this.#graph;
    const { edgeTo, edgeType, edgeTypes, nodeType, nodeTypes, nodeName, strings } = columns;
    const own = this.#follow(info, this.#names.functionName);
    if (own >= 0) return strings.at(nodeName[own]) || null;
    const kind = this.#follow(info, this.#names.scopeTypeName);
    if (kind < 0 || strings.at(nodeName[kind]) !== 'FUNCTION_SCOPE') return null;
    const { firstVariable, variableName } = this.table;
    const variables = new Set(variableName.subarray(firstVariable[row], firstVariable[row + 1]));
    // Where text is evaluated the table lists none, and here they are.
    if (variables.size !== this.#numberAt(info, this.#names.variableCount)) return null;
    const left = new Set<number>();
    for (let edge = firstEdgeByOrdinal[info]; edge < firstEdgeByOrdinal[info + 1]; edge += 1) {
      const to = edgeTo[edge];
      if (edgeTypes[edgeType[edge]] !== 'hidden' || nodeTypes[nodeType[to]] !== 'string') continue;
      if (!variables.has(nodeName[to])) left.add(nodeName[to]);
    }
    const [name, ...others] = [...left].map((one) => strings.at(one)).filter((text) => text !== '');
    return name === undefined || others.length > 0 ? null : name;
  }

  /** V8's description of a function, or -1. */
  sharedOf(row: number): number {
    return this.#sharedByRow.get(row) ?? -1;
  }

  /** Where V8 says where its script is from, or -1. */
  sourceUrl(script: number): number {
    return this.#follow(script, this.#names.sourceUrl);
  }

  /** The row of what a function runs; undefined for a function of no script that has a table. */
  #rowOfClosure(closure: number): number | undefined {
    return this.#rowByShared.get(this.#follow(closure, this.#names.shared));
  }

  /** What there is of the kinds that count. */
  #scan(): Found {
    const { columns, nodeCount, firstEdgeByOrdinal } = this.#graph;
    const { nodeType, nodeTypes, edgeType, edgeNameOrIndex } = columns;
    const { scopeInfo, nameOrScopeInfo, continuation } = this.#names;
    const internal = this.#internal;
    const closure = nodeTypes.indexOf('closure');
    const found: Found = { contexts: [], shared: [], generators: [], closures: [] };
    for (let node = 0; node < nodeCount; node += 1) {
      if (nodeType[node] === closure) {
        found.closures.push(node);
        continue;
      }
      const end = firstEdgeByOrdinal[node + 1];
      // Hot: once per edge.
      for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
        if (edgeType[edge] !== internal) continue;
        const name = edgeNameOrIndex[edge];
        if (name === scopeInfo) found.contexts.push(node);
        else if (name === nameOrScopeInfo) found.shared.push(node);
        else if (name === continuation) found.generators.push(node);
        else continue;
        break;
      }
    }
    return found;
  }

  /**
   * Which row a function's code is, and of which script the scopes around it are. A scope's description does not say; but it lies
   * around a function's, up to the one of the whole text. Around a text that was evaluated in a function lie those of another script.
   */
  #learn(shared: number): void {
    const { script: scriptName, scopeId, nameOrScopeInfo, rawOuter } = this.#names;
    const script = this.#follow(shared, scriptName);
    if (script < 0 || !this.#rowByIdByScript.has(script)) return;
    const id = this.#numberAt(shared, scopeId);
    this.#isHidden ||= id === null;
    const row = id === null ? NO_SCOPE : this.rowOf(script, id);
    this.#rowByShared.set(shared, row);
    if (row !== NO_SCOPE) this.#sharedByRow.set(row, shared);
    const own = this.#follow(shared, nameOrScopeInfo);
    // Of what is not compiled it is the name.
    if (own >= 0 && this.#follow(own, scopeId) >= 0) this.#learnOutwards(own, script);
    else if (id !== ROOT_SCOPE) this.#learnOutwards(this.#follow(shared, rawOuter), script);
  }

  /** Of a scope in which no function is left that V8 describes, the script's own list may still have the scope. */
  #learnLeftOver(script: number): void {
    const { infos, scopeId, script: scriptName } = this.#names;
    const { columns, firstEdgeByOrdinal } = this.#graph;
    const list = this.#follow(script, infos);
    if (list < 0) return;
    for (let edge = firstEdgeByOrdinal[list]; edge < firstEdgeByOrdinal[list + 1]; edge += 1) {
      const to = columns.edgeTo[edge];
      if (this.#follow(to, scopeId) >= 0 && this.#follow(to, scriptName) < 0) this.#learnOutwards(to, script);
    }
  }

  #learnOutwards(from: number, script: number): void {
    const { scopeId, outer, evalFrom } = this.#names;
    const end = this.#follow(script, evalFrom);
    let info = from;
    while (info >= 0 && info !== end && !this.#scriptByScopeInfo.has(info)) {
      const id = this.#numberAt(info, scopeId);
      if (id === null) return;
      this.#scriptByScopeInfo.set(info, script);
      if (id === ROOT_SCOPE) return;
      info = this.#follow(info, outer);
    }
  }

  #numberAt(node: number, name: number): number | null {
    const number = this.#follow(node, name);
    if (number < 0) return null;
    const known = this.#numberByNode.get(number);
    if (known !== undefined) return known;
    const { nodeName, strings } = this.#graph.columns;
    const text = this.#follow(number, this.#names.value);
    const value = text < 0 ? null : wholeNumber(strings.at(nodeName[text]));
    this.#numberByNode.set(number, value);
    return value;
  }

  /** Where V8's own edge of this name leads, or -1. */
  #follow(node: number, name: number): number {
    const { columns, firstEdgeByOrdinal } = this.#graph;
    const { edgeType, edgeNameOrIndex, edgeTo } = columns;
    const end = firstEdgeByOrdinal[node + 1];
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      if (edgeNameOrIndex[edge] === name && edgeType[edge] === this.#internal) return edgeTo[edge];
    }
    return -1;
  }
}

/** Ordinals, ascending. */
type Found = {
  readonly contexts: number[];
  /** V8's descriptions of functions, one for all closures of a text. */
  readonly shared: number[];
  readonly generators: number[];
  readonly closures: number[];
};

type EdgeNames = ReturnType<typeof edgeNames>;

/** Indices of `strings`; -1, which no edge has, for what is not there. */
function edgeNames({ columns: { strings } }: HeapGraph) {
  const nameOf = (text: string): number => strings.indexOf(text);
  return {
    scopeInfo: nameOf('scope_info'),
    scopeId: nameOf('scope_id'),
    previous: nameOf('previous'),
    shared: nameOf('shared'),
    context: nameOf('context'),
    script: nameOf('script'),
    infos: nameOf('infos'),
    nameOrScopeInfo: nameOf('name_or_scope_info'),
    rawOuter: nameOf('raw_outer_scope_info_or_feedback_metadata'),
    outer: nameOf('outer_scope_info'),
    evalFrom: nameOf('eval_from_scope_info'),
    sourceUrl: nameOf('source_url'),
    functionName: nameOf('function_name'),
    scopeTypeName: nameOf('scope_type_name'),
    variableCount: nameOf('context_local_count'),
    continuation: nameOf('continuation'),
    function: nameOf('function'),
    value: nameOf('value'),
  };
}

function wholeNumber(text: string): number | null {
  return /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}
