import { selfBytesOf } from './columns.ts';
import type { HeapGraph } from './heap-graph.ts';

/** Plain objects of the same properties; `name` is as an object of theirs would be written: `{ at, text }`. */
export type ShapeTotal = { readonly name: string; readonly count: number; readonly selfBytes: number };

/**
 * What the objects of no class of their own are, by their properties: `Object` says nothing of a million of them. Objects that V8 keeps in
 * one form share its description of it, so names are read once for each. Numbers have no node, so a property that has only had such is
 * missing; so are the shapes of what is kept as a dictionary. Looks at the edges of all plain objects.
 */
export function plainShapes({ columns, nodeCount, firstEdgeByOrdinal }: HeapGraph): ShapeTotal[] {
  const { nodeType, nodeTypes, nodeName, edgeType, edgeTypes, edgeNameOrIndex, edgeTo, strings } = columns;
  const object = nodeTypes.indexOf('object');
  const [property, internal] = ['property', 'internal'].map((type) => edgeTypes.indexOf(type));
  const isPlain = new Map<number, boolean>();
  const isMap = new Map<number, boolean>();
  const known = (names: Map<number, boolean>, name: number, text: string): boolean => {
    const is = names.get(name) ?? strings.at(name) === text;
    names.set(name, is);
    return is;
  };
  const namesOf = (node: number): string => {
    const names: string[] = [];
    for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
      const name = edgeType[edge] === property ? strings.at(edgeNameOrIndex[edge]) : '__proto__';
      if (name !== '__proto__') names.push(name.slice(0, NAME_LENGTH_MAX));
    }
    const shown = names.slice(0, NAMES_SHOWN).join(', ');
    return names.length === 0 ? '{}' : `{ ${shown}${names.length > NAMES_SHOWN ? ', …' : ''} }`;
  };
  const shapeByMap = new Map<number, { readonly name: string; count: number; selfBytes: number }>();
  for (let node = 0; node < nodeCount; node += 1) {
    if (nodeType[node] !== object || !known(isPlain, nodeName[node], 'Object')) continue;
    // V8 writes its own edges last.
    let edge = firstEdgeByOrdinal[node + 1] - 1;
    const first = firstEdgeByOrdinal[node];
    while (edge >= first && !(edgeType[edge] === internal && known(isMap, edgeNameOrIndex[edge], 'map')))
      edge -= 1;
    if (edge < first) continue;
    const shape = shapeByMap.get(edgeTo[edge]) ?? { name: namesOf(node), count: 0, selfBytes: 0 };
    shape.count += 1;
    shape.selfBytes += selfBytesOf(columns, node);
    shapeByMap.set(edgeTo[edge], shape);
  }
  return byName([...shapeByMap.values()]);
}

const NAMES_SHOWN = 6;
const NAME_LENGTH_MAX = 40;

/** V8 has several descriptions for one list of names: for each literal in the text one. */
function byName(shapes: readonly ShapeTotal[]): ShapeTotal[] {
  const totals = new Map<string, { readonly name: string; count: number; selfBytes: number }>();
  for (const { name, count, selfBytes } of shapes) {
    const total = totals.get(name) ?? { name, count: 0, selfBytes: 0 };
    total.count += count;
    total.selfBytes += selfBytes;
    totals.set(name, total);
  }
  return [...totals.values()].sort((a, b) => b.selfBytes - a.selfBytes || b.count - a.count);
}
