import type { ContainerType, PathStep } from '../../core/census.ts';
import type { ScriptLocation } from '../../core/location.ts';
import type { Heap, HeapEdge } from '../../heap/heap.ts';
import type { NodeOrdinal } from '../../heap/heap-graph.ts';
import type { SnapshotScripts } from './snapshot-scripts.ts';

/**
 * A way through a snapshot in the steps of a census, so that what is read off it is told in the same words, whichever of the two
 * has seen it. V8's own arrays, tables and contexts are no steps; what a file exports, a captured variable's function and a timer's
 * callback are.
 */
export function retainerSteps(
  heap: Heap,
  path: readonly HeapEdge[],
  scripts: SnapshotScripts,
  sizes: { /** `null` for what does not grow. */ entriesOf(node: NodeOrdinal): number | null },
): PathStep[] {
  let steps: PathStep[] = [{ kind: 'root', name: 'globalThis' }];
  let capturedBy: ScriptLocation | null = null;
  let isModule = false;
  // A Map's entries come out of its table.
  let tableOwner: NodeOrdinal | null = null;
  path.forEach((edge, at) => {
    const { from, to, type, name } = edge;
    const before = path[at - 1];
    const text = String(name);
    const exportedBy = exportOf(heap, path, at);
    if (exportedBy !== null) {
      const by = scripts.locationOf(exportedBy.generator);
      steps = [
        { kind: 'root', name: 'modules' },
        { kind: 'variable', name: exportedBy.name, scope: 'Module', function: by },
      ];
    } else if (
      type === 'element' ||
      (type === 'internal' && tableOwner !== null && tableOwner !== from && isSlot(text))
    ) {
      const owner = type === 'element' ? from : (tableOwner ?? from);
      const of = steps.at(-1)?.kind === 'listeners' ? 'listeners' : containerType(heap, owner);
      steps.push({ kind: 'element', of, size: sizes.entriesOf(owner) ?? countOf(heap, owner) });
    } else if (type === 'context') {
      const by = capturedBy ?? scripts.capturedBy(from);
      if (isModule) steps = [{ kind: 'root', name: 'modules' }];
      steps.push({ kind: 'variable', name: text, scope: isModule ? 'Module' : INNERMOST, function: by });
    } else if (type === 'property') {
      const exported = name === 'exports' ? fileOf(heap, from) : null;
      const callback = name === '_onTimeout' ? scripts.locationOf(to) : null;
      if (exported !== null)
        steps = [
          { kind: 'root', name: 'modules' },
          { kind: 'exports', file: exported },
        ];
      else if (name === '_onTimeout') {
        steps = [
          { kind: 'root', name: 'timers' },
          { kind: 'timer', repeat: repeats(heap, from), callback },
        ];
      } else if (before?.name === '_events' && before.type === 'property') {
        steps.push({ kind: 'listeners', event: text, owner: heap.className(before.from) });
      } else if (name !== '_events' || path[at + 1]?.type !== 'property') {
        const size = sizes.entriesOf(from);
        if (size !== null && containerType(heap, from) === 'Object') {
          steps.push({ kind: 'element', of: 'Object', size });
        } else {
          steps.push({
            kind: 'property',
            name: symbolWords(text),
            owner: before?.type === 'shortcut' ? 'globalThis' : heap.className(from),
            ownerLocation: scripts.locationOf(from),
            private: text.startsWith('#'),
          });
        }
      }
    }
    tableOwner = type === 'internal' && name === 'table' ? from : null;
    // An ES module runs as a generator, whose context has what its text declares.
    isModule = type === 'internal' && name === 'context' && heap.className(from) === 'Generator';
    capturedBy =
      type === 'internal' && name === 'context' ? scripts.locationOf(from) : passedOn(edge, capturedBy);
  });
  return steps;
}

/** What kind of container an object is, by its class or one it extends. */
export function containerType(heap: Heap, node: NodeOrdinal): ContainerType {
  let at: NodeOrdinal | undefined = node;
  for (let depth = 0; depth < PROTOTYPES_MAX && at !== undefined; depth += 1) {
    const name = heap.className(at);
    if (name === 'Map' || name === 'Set' || name === 'Array') return name;
    at = [...heap.edges(at)].find((edge) => edge.name === '__proto__')?.to;
  }
  return 'Object';
}

/** V8 has no words in a snapshot for the scope of a variable; a name that is none leaves the innermost binding of the text. */
const INNERMOST = 'Context (?)';
const PROTOTYPES_MAX = 5;

/** A context within a context is of the same function. */
function passedOn({ type, name }: HeapEdge, capturedBy: ScriptLocation | null): ScriptLocation | null {
  return type === 'internal' && name === 'previous' ? capturedBy : null;
}

function isSlot(name: string): boolean {
  return /^\d+$/.test(name) || name.startsWith('~');
}

function countOf(heap: Heap, node: NodeOrdinal): number {
  let count = 0;
  for (const _ of heap.entries(node)) count += 1;
  return count;
}

/** What an ES module exports is in a cell, which stands behind its name in a table of the module's. */
function exportOf(
  heap: Heap,
  path: readonly HeapEdge[],
  at: number,
): { readonly name: string; readonly generator: NodeOrdinal } | null {
  const [module, slot, value] = [path[at - 2], path[at - 1], path[at]];
  if (module === undefined || slot === undefined || value.name !== 'value') return null;
  if (heap.node(value.from).name !== 'system / Cell') return null;
  const slots = [...heap.edges(slot.from)];
  const key = slots[slots.findIndex(({ to }) => to === slot.to) - 1];
  const generator = [...heap.edges(module.from)].find(({ to }) => heap.className(to) === 'Generator')?.to;
  if (key === undefined || generator === undefined || heap.node(key.to).type !== 'string') return null;
  return { name: heap.node(key.to).name, generator };
}

/** Of Node's record of a CommonJS module. */
function fileOf(heap: Heap, module: NodeOrdinal): string | null {
  if (heap.className(module) !== 'Module') return null;
  const file = [...heap.edges(module)].find(({ name }) => name === 'filename');
  const node = file === undefined ? null : heap.node(file.to);
  return node?.type === 'string' ? node.name : null;
}

/** `_repeat` of a timeout is a number, which has no node, or `null`, which has one. */
export function repeats(heap: Heap, timeout: NodeOrdinal): boolean {
  const edge = [...heap.edges(timeout)].find(({ name }) => name === '_repeat');
  return edge === undefined || heap.node(edge.to).type === 'number';
}

/** As the language writes it: `Symbol(kState)`. */
function symbolWords(name: string): string {
  return name.replace(/^<symbol (.*)>$/, 'Symbol($1)');
}
