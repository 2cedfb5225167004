import { NO_SCOPE } from './columns.ts';
import { type HeapGraph, type NodeOrdinal, nodeName, nodeType } from './heap-graph.ts';
import type { ScriptScopes } from './script-scopes.ts';

/** The scope in a script's source whose captured variables a context holds. */
export type ContextScope = {
  /** The innermost function around it that is still known; null for none, as of a module's own variables, and for one without a name. */
  readonly functionName: string | null;
  readonly script: NodeOrdinal;
  /** Where the script is from; null for a text that was evaluated and says nothing of it. */
  readonly url: string | null;
  /**
   * A function that tells the place, by its `location`: the one around the scope, or where nothing is left of that, one that was
   * made within the scope.
   */
  readonly placedBy: NodeOrdinal | null;
  readonly isPlacedWithin: boolean;
};

/** Each scope is described once, when it is asked for. Looks at all functions first. */
export function contextScopes(graph: HeapGraph, scopes: ScriptScopes): (row: number) => ContextScope {
  const { table } = scopes;
  const closureByRow = new Map<number, number>();
  const closureWithin = new Map<number, number>();
  for (const { row, closure } of scopes.liveFunctions()) {
    if (row !== NO_SCOPE && !closureByRow.has(row)) closureByRow.set(row, closure);
    for (let at = row; at !== NO_SCOPE && !closureWithin.has(at); at = table.parent[at])
      closureWithin.set(at, closure);
  }
  // So that each scope's own description is known, and its name with it.
  for (const context of scopes.contexts) scopes.rowOfContext(context);
  const known = new Map<number, ContextScope>();
  return (row) => {
    let scope = known.get(row);
    if (scope === undefined) {
      const around = scopes.functionAround(row);
      const own = closureByRow.get(around);
      const script = table.script[row] as NodeOrdinal;
      scope = {
        functionName: around === NO_SCOPE ? null : functionName(graph, scopes, around),
        script,
        url: scriptUrl(graph, scopes, script),
        placedBy: (own ?? closureWithin.get(row) ?? null) as NodeOrdinal | null,
        isPlacedWithin: own === undefined,
      };
      known.set(row, scope);
    }
    return scope;
  };
}

function functionName(graph: HeapGraph, scopes: ScriptScopes, row: number): string | null {
  const shared = scopes.sharedOf(row);
  const name = shared < 0 ? '' : nodeName(graph, shared as NodeOrdinal);
  return name.startsWith(OF_FUNCTION) ? name.slice(OF_FUNCTION.length) : scopes.nameInScopeInfo(row);
}

/** V8 names a script's node by where it is from; of a text in a page and of one that was evaluated, by nothing. */
function scriptUrl(graph: HeapGraph, scopes: ScriptScopes, script: NodeOrdinal): string | null {
  const url = urlOfScriptName(nodeName(graph, script));
  if (url !== '') return url;
  const said = scopes.sourceUrl(script);
  // Where there is none, this leads to `undefined`.
  if (said < 0 || nodeType(graph, said as NodeOrdinal) !== 'string') return null;
  return nodeName(graph, said as NodeOrdinal) || null;
}

/** The URL in the name of a script's node: it is the whole name in Node, and follows what the node is in Chromium 156. */
export function urlOfScriptName(name: string): string {
  return name.startsWith(OF_SCRIPT) ? name.slice(OF_SCRIPT.length).replace(/^ \/ /, '') : name;
}

const OF_FUNCTION = 'system / SharedFunctionInfo / ';
const OF_SCRIPT = 'system / Script';
