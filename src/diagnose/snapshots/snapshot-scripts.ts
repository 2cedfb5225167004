import type { ScriptLocation } from '../../core/location.ts';
import { urlOfScriptName } from '../../heap/context-scopes.ts';
import type { Heap } from '../../heap/heap.ts';
import type { NodeOrdinal } from '../../heap/heap-graph.ts';

/** Which files a snapshot's functions and constructors stand in. A position alone has V8's number of a script. */
export type SnapshotScripts = {
  /** Of a function, a generator, or the constructor of an object; `null` where the file does not tell. */
  locationOf(node: NodeOrdinal): ScriptLocation | null;
  /** Of a context: a function that was made in it. */
  capturedBy(context: NodeOrdinal): ScriptLocation | null;
  /** URLs of the program's own, Node's left out. */
  readonly programScripts: readonly string[];
  /** How a script's text begins, as far as the snapshot shows it. */
  readonly beginningByUrl: ReadonlyMap<string, string>;
};

/**
 * `urlByScriptId` is what a sidecar told; what it has not is read off the snapshot: each function leads to its script, whose
 * node has the script's name.
 */
export function snapshotScripts(heap: Heap, urlByScriptId: ReadonlyMap<number, string>): SnapshotScripts {
  const urls = new Map(urlByScriptId);
  const beginningByUrl = new Map<string, string>();
  const met = new Set<number>();
  for (const node of heap.locatedNodes()) {
    const scriptId = heap.location(node)?.scriptId;
    if (scriptId === undefined || met.has(scriptId) || heap.node(node).type !== 'closure') continue;
    const script = scriptOf(heap, node);
    if (script === null) continue;
    met.add(scriptId);
    const url = urlByScriptId.get(scriptId) ?? urlOfScriptName(heap.node(script).name);
    urls.set(scriptId, url);
    const text = follow(heap, script, 'source');
    const source = text === null ? null : heap.node(text);
    if (source?.type === 'string' && isProgram(url)) beginningByUrl.set(url, source.name);
  }
  const locationOf = (node: NodeOrdinal): ScriptLocation | null => {
    const at = heap.location(node);
    const url = at === null ? undefined : urls.get(at.scriptId);
    if (at === null || url === undefined) return null;
    const { type, name } = heap.node(node);
    return {
      url,
      line: at.line,
      column: at.column,
      function: type === 'closure' && name !== '' ? name : null,
    };
  };
  return {
    locationOf,
    capturedBy(context) {
      for (const edge of heap.retainers(context)) {
        if (edge.type !== 'internal' || edge.name !== 'context') continue;
        const location = locationOf(edge.from);
        if (location !== null) return location;
      }
      return null;
    },
    programScripts: [...new Set(urls.values())].filter(isProgram),
    beginningByUrl,
  };
}

function scriptOf(heap: Heap, closure: NodeOrdinal): NodeOrdinal | null {
  const shared = follow(heap, closure, 'shared');
  if (shared === null) return null;
  return follow(heap, shared, 'script') ?? follow(heap, shared, 'script_or_debug_info');
}

/** The target of V8's own edge of this name. */
function follow(heap: Heap, node: NodeOrdinal, name: string): NodeOrdinal | null {
  for (const edge of heap.edges(node)) if (edge.type === 'internal' && edge.name === name) return edge.to;
  return null;
}

function isProgram(url: string): boolean {
  return url.startsWith('/') || url.startsWith('file://') || /^[a-z]:[\\/]/i.test(url);
}
