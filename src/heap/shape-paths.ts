import { type HeapGraph, NO_EDGE, ownerOf } from './heap-graph.ts';

/** The way from the root to a node, without what tells one object of a kind from the next: the same for each session's history. */
export type ShapePaths = {
  /** A number by shape; equal for nodes of one shape. */
  shapeOf(node: number): number;
  /** `sessions`, `[*]`, `.history`: root first. */
  words(shape: number): string[];
  /** The same as one text, with what `markOf` says of the scopes on the way: equal in another snapshot for the same shape. */
  identity(shape: number): string;
};

/**
 * Along the shortest ways. Elements, the entries of a Map or Set and the keys of a dictionary are `[*]`, V8's own arrays and contexts
 * are passed over in silence, and a step that repeats the one before it (a chain of objects) counts once. A captured variable
 * begins anew, and so does an export of an ES module: it is one place in the text, whatever led to it. V8 has one description for all contexts of a scope, which tells
 * two variables of one name apart.
 *
 * 4 bytes a node, and an entry for each step that is new.
 */
export function shapePaths(
  graph: HeapGraph,
  edgeByOrdinal: Uint32Array,
  isDictionary: (node: number) => boolean,
  markOf: (scope: number) => string = () => '',
): ShapePaths {
  const { columns, nodeCount, firstEdgeByOrdinal } = graph;
  const { edgeType, edgeTypes, edgeNameOrIndex, edgeTo, strings } = columns;
  const shapeByOrdinal = new Uint32Array(nodeCount);
  const steps: { readonly word: string; readonly before: number; readonly mark: string }[] = [
    { word: '', before: 0, mark: '' },
    { word: '', before: 0, mark: '' },
  ];
  const shapeByStep = new Map<string, number>();

  const child = (before: number, word: string, tag: string = word, mark: string = ''): number => {
    // A chain of a million links is no way of a million steps.
    if (steps[before].word === word) return before;
    const key = `${before} ${tag}`;
    const known = shapeByStep.get(key);
    if (known !== undefined) return known;
    steps.push({ word, before, mark });
    shapeByStep.set(key, steps.length - 1);
    return steps.length - 1;
  };

  const scopeOf = (context: number): number => {
    for (let edge = firstEdgeByOrdinal[context]; edge < firstEdgeByOrdinal[context + 1]; edge += 1) {
      if (edgeTypes[edgeType[edge]] === 'internal' && strings.at(edgeNameOrIndex[edge]) === 'scope_info')
        return edgeTo[edge];
    }
    return -1;
  };

  // An ES module has a cell for each export, in a table behind its name.
  const exportedName = (edge: number, table: number): string | null => {
    if (strings.at(columns.nodeName[edgeTo[edge]]) !== 'system / Cell' || edge === firstEdgeByOrdinal[table])
      return null;
    const key = edgeTo[edge - 1];
    const isKey = columns.nodeTypes[columns.nodeType[key]] === 'string';
    return isKey ? strings.at(columns.nodeName[key]).slice(0, WORD_LENGTH_MAX) : null;
  };

  const stepOver = (edge: number, owner: number): number => {
    const before = shapeByOrdinal[owner];
    const type = edgeTypes[edgeType[edge]];
    if (type === 'element' || type === 'hidden') return child(before, '[*]');
    const name = edgeNameOrIndex[edge];
    const text = strings.at(name).slice(0, WORD_LENGTH_MAX);
    switch (type) {
      case 'context': {
        const scope = scopeOf(owner);
        return scope < 0 ? child(before, text) : child(ANYWHERE, text, `${scope} ${text}`, markOf(scope));
      }
      case 'property':
        return child(before, isDictionary(owner) ? '[*]' : `.${text}`);
      case 'internal':
        if (strings.digitsAt(name) >= 0) {
          const exported = exportedName(edge, owner);
          return exported === null ? child(before, '[*]') : child(ANYWHERE, exported, `${owner} ${exported}`);
        }
        return OWN_BUSINESS.has(text) ? before : child(before, `(${text})`);
      case 'shortcut':
        return before;
      default:
        return child(before, `(${text})`);
    }
  };

  const stepsTo = (shape: number): (typeof steps)[number][] => {
    const found: (typeof steps)[number][] = [];
    for (let at = shape; at > ANYWHERE; at = steps[at].before) found.push(steps[at]);
    return found.reverse();
  };

  return {
    shapeOf(node) {
      const way: number[] = [];
      let at = node;
      while (shapeByOrdinal[at] === 0 && at !== 0) {
        const edge = edgeByOrdinal[at];
        if (edge === NO_EDGE) break;
        way.push(edge);
        at = ownerOf(edge, firstEdgeByOrdinal);
      }
      if (shapeByOrdinal[at] === 0) shapeByOrdinal[at] = ANYWHERE;
      for (let edge = way.pop(); edge !== undefined; edge = way.pop()) {
        shapeByOrdinal[edgeTo[edge]] = stepOver(edge, at);
        at = edgeTo[edge];
      }
      return shapeByOrdinal[node];
    },
    words: (shape) => stepsTo(shape).map(({ word }) => word),
    identity: (shape) => JSON.stringify(stepsTo(shape).map(({ word, mark }) => [word, mark])),
  };
}

const ANYWHERE = 1;
/** A dictionary's keys can be texts of any length. */
const WORD_LENGTH_MAX = 100;
/** Edges of V8's between an object and where it keeps what is its own. The root's shortcuts to the globals are such, too. */
const OWN_BUSINESS: ReadonlySet<string> = new Set([
  'table',
  'elements',
  'properties',
  'context',
  'previous',
  'global_object',
  'value',
]);
