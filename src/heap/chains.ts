import { type HeapGraph, NO_EDGE, type NodeOrdinal } from './heap-graph.ts';

/**
 * Objects of one kind of which each keeps the next alive in the same way: the links of a list, the armed timers of one duration, the
 * contexts of closures that each keep the one before. No collection counts them, so they are counted along the way that leads to them.
 */
export type Chain = {
  /** Equal in every snapshot of a process: V8's id of who holds the end of it, by what, and what it is made of. */
  readonly key: string;
  /** V8's id of the object that holds it. */
  readonly holderId: number;
  /** The property or variable by which one leads to the next. */
  readonly link: string;
  /** `link` is a variable that a function of each has captured. */
  readonly isCaptured: boolean;
  /** What the holder leads to: one, or both ends, or one of each of several. */
  readonly heads: readonly NodeOrdinal[];
  /** From the holder's end on; of a chain that is held at both ends, first from one and then from the other. */
  readonly members: readonly NodeOrdinal[];
};

export type Chains = {
  readonly all: readonly Chain[];
  /** 1 by ordinal for what is in a chain, and for what stands between two links of one (a function and its context). */
  readonly isWithin: Uint8Array;
};

/**
 * The chains of a snapshot, found along its shortest ways (`shortestPaths`): a node is a link if within four steps above it is one of the
 * same class that was come to over an edge of the same name. What something else leads to sooner is no part of a chain. 21 bytes
 * a node while it runs, one of them kept.
 */
export function chains(graph: HeapGraph, edgeByOrdinal: Uint32Array): Chains {
  const links = new Links(graph, edgeByOrdinal);
  const isWithin = new Uint8Array(graph.nodeCount);
  const found: FoundChain[] = [];
  // A chain has others within it, of what stands between its links. The one that is held from outside of all is meant.
  for (const chain of links.chains()) {
    if (isWithin[chain.head] === 1) continue;
    for (const member of chain.members) {
      let at: number = member;
      for (let step = 0; step < chain.stride && at !== chain.holder; step += 1) {
        isWithin[at] = 1;
        at = links.parent[at];
      }
    }
    found.push(chain);
  }
  return { all: byKey(graph, joined(graph, links, found)), isWithin };
}

/** A tree's or a statement's few levels are no chain. */
const LEAST_LINKS = 8;
/** Through a property, a function and its context. */
const STRIDE_MAX = 4;
/** The root, or nothing. */
const NOBODY = 0;

type FoundChain = {
  readonly head: number;
  /** The other end, if that is held too. */
  readonly end: number | null;
  readonly members: number[];
  /** Steps from one link to the next. */
  readonly stride: number;
  /** The edge over which its links are come to. */
  readonly edge: number;
  /** The nearest object or function above its head. */
  readonly holder: number;
  readonly slot: string;
};

/** Which node is a link of which chain. */
class Links {
  /** By ordinal, who leads to it on the shortest way; 0 for the root and for what nothing keeps alive. */
  readonly parent: Uint32Array;
  readonly #graph: HeapGraph;
  readonly #edgeByOrdinal: Uint32Array;
  readonly #canLead: readonly boolean[];
  readonly #isObject: readonly boolean[];
  /**
   * What contexts are called: one name for all in Node, one for each scope in Chromium 156. A context is no link, but stands between a
   * function and what that captures.
   */
  readonly #contextNames: ReadonlySet<number>;
  /** By ordinal, how many links it is from where its chain begins, counted from 1; 0 is not known yet. */
  readonly #depth: Uint32Array;
  /** By ordinal, where the chain begins that it is a link of. */
  readonly #first: Uint32Array;
  /** By ordinal, the steps from the root. */
  readonly #distance: Uint32Array;

  constructor(graph: HeapGraph, edgeByOrdinal: Uint32Array) {
    const { columns, nodeCount, firstEdgeByOrdinal } = graph;
    this.#graph = graph;
    this.#edgeByOrdinal = edgeByOrdinal;
    this.#isObject = columns.nodeTypes.map((type) => type === 'object' || type === 'closure');
    this.#contextNames = columns.strings.withPrefix('system / Context');
    this.#canLead = columns.edgeTypes.map((type) => LEADING.has(type));
    this.parent = new Uint32Array(nodeCount);
    this.#depth = new Uint32Array(nodeCount);
    this.#first = new Uint32Array(nodeCount);
    this.#distance = new Uint32Array(nodeCount);
    const { edgeTo } = columns;
    // Hot: once per edge.
    for (let node = 0; node < nodeCount; node += 1) {
      const end = firstEdgeByOrdinal[node + 1];
      for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
        if (edgeByOrdinal[edgeTo[edge]] === edge) this.parent[edgeTo[edge]] = node;
      }
    }
    for (let node = 1; node < nodeCount; node += 1) this.#measure(node);
  }

  /** Those that are held nearest to the root first. */
  chains(): FoundChain[] {
    const { nodeCount } = this.#graph;
    const membersByFirst = new Map<number, number[]>();
    for (let node = 1; node < nodeCount; node += 1) {
      // Each chain that is long enough has one such link, or more where it branches.
      if (this.#depth[node] === LEAST_LINKS) membersByFirst.set(this.#first[node], []);
    }
    for (let node = 1; node < nodeCount; node += 1) membersByFirst.get(this.#first[node])?.push(node);
    const { edgeNameOrIndex, strings } = this.#graph.columns;
    return [...membersByFirst]
      .filter(([first]) => strings.digitsAt(edgeNameOrIndex[this.#edgeByOrdinal[first]]) < 0)
      .map(([first, members]) => this.#chainOf(first, members))
      .sort((a, b) => this.#distance[a.head] - this.#distance[b.head] || a.head - b.head);
  }

  #chainOf(first: number, members: number[]): FoundChain {
    members.sort((a, b) => this.#depth[a] - this.#depth[b] || a - b);
    const second = members.find((member) => this.#depth[member] === 2) ?? first;
    const stride = this.#distance[second] - this.#distance[first];
    // What is before the first link is held in another way: by `head`, and not by `next`.
    let head = first;
    for (let step = 0; step < stride; step += 1) head = this.parent[head];
    if (!isSameKind(this.#graph, head, first)) head = first;
    const { holder, slot } = this.#heldBy(head);
    return {
      head,
      end: null,
      members: head === first ? members : [head, ...members],
      stride,
      edge: this.#edgeByOrdinal[members[members.length - 1]],
      holder,
      slot,
    };
  }

  /** Climbs to what is known, and comes back. */
  #measure(node: number): void {
    if (this.#depth[node] !== 0) return;
    const way: number[] = [];
    for (let at = node; at !== NOBODY && this.#depth[at] === 0; at = this.parent[at]) way.push(at);
    for (let at = way.pop(); at !== undefined; at = way.pop()) {
      const above = this.#linkAbove(at);
      this.#first[at] = above === NOBODY ? at : this.#first[above];
      this.#depth[at] = above === NOBODY ? 1 : this.#depth[above] + 1;
      this.#distance[at] = this.#distance[this.parent[at]] + 1;
    }
  }

  #linkAbove(node: number): number {
    const { edgeType, edgeNameOrIndex } = this.#graph.columns;
    const edge = this.#edgeByOrdinal[node];
    if (edge === NO_EDGE || !this.#canLead[edgeType[edge]] || !this.#isLink(node)) return NOBODY;
    let at = this.parent[node];
    for (let step = 0; step < STRIDE_MAX && at !== NOBODY; step += 1) {
      const other = this.#edgeByOrdinal[at];
      if (
        other !== NO_EDGE &&
        edgeNameOrIndex[other] === edgeNameOrIndex[edge] &&
        edgeType[other] === edgeType[edge] &&
        isSameKind(this.#graph, at, node)
      )
        return at;
      at = this.parent[at];
    }
    return NOBODY;
  }

  #isObjectOrFunction(node: number): boolean {
    return this.#isObject[this.#graph.columns.nodeType[node]] === true;
  }

  #isLink(node: number): boolean {
    return this.#isObjectOrFunction(node) && !this.#contextNames.has(this.#graph.columns.nodeName[node]);
  }

  #heldBy(head: number): { holder: number; slot: string } {
    const { edgeType, edgeTypes, edgeNameOrIndex, strings } = this.#graph.columns;
    const words: string[] = [];
    let at = head;
    while (at !== NOBODY) {
      const edge = this.#edgeByOrdinal[at];
      const name = edgeNameOrIndex[edge];
      const isIndex = edgeTypes[edgeType[edge]] === 'element' || edgeTypes[edgeType[edge]] === 'hidden';
      words.push(isIndex || strings.digitsAt(name) >= 0 ? '[*]' : strings.at(name).slice(0, WORD_LENGTH_MAX));
      at = this.parent[at];
      if (this.#isObjectOrFunction(at)) break;
    }
    return { holder: at, slot: words.reverse().join('.') };
  }
}

const WORD_LENGTH_MAX = 100;
/** Edges that have a name; of V8's own not those into the slots of a table, which are looked at by their names' digits. */
const LEADING: ReadonlySet<string> = new Set(['property', 'context', 'internal']);

/**
 * A list that is held at both ends is come to from both, and falls in two where these ways meet: there the last link of the one leads into the
 * other. Of a list that is held at its end too, that end is no link.
 */
function joined(graph: HeapGraph, links: Links, found: readonly FoundChain[]): FoundChain[] {
  const chainByMember = new Map<number, number>();
  found.forEach(({ members }, at) => {
    for (const member of [members[0], members[members.length - 1]]) chainByMember.set(member, at);
  });
  const { edgeTo, edgeType, edgeNameOrIndex } = graph.columns;
  const { firstEdgeByOrdinal } = graph;
  const isGone = new Set<number>();
  return found
    .map((chain, at) => {
      if (isGone.has(at)) return chain;
      const last = chain.members[chain.members.length - 1];
      for (let edge = firstEdgeByOrdinal[last]; edge < firstEdgeByOrdinal[last + 1]; edge += 1) {
        if (edgeType[edge] !== edgeType[chain.edge]) continue;
        if (edgeNameOrIndex[edge] !== edgeNameOrIndex[chain.edge]) continue;
        const to = edgeTo[edge];
        const other = chainByMember.get(to);
        if (other === undefined) {
          if (links.parent[to] !== chain.holder || !isSameKind(graph, to, last)) continue;
          return { ...chain, end: to, members: [...chain.members, to] };
        }
        if (other === at || isGone.has(other) || found[other].holder !== chain.holder) continue;
        isGone.add(other);
        const [one, two] = [chain, found[other]].sort((a, b) => (a.slot < b.slot ? -1 : 1));
        return { ...one, end: two.head, members: [...one.members, ...two.members] };
      }
      return chain;
    })
    .filter((_, at) => !isGone.has(at));
}

function isSameKind({ columns }: HeapGraph, one: number, other: number): boolean {
  return (
    columns.nodeType[one] === columns.nodeType[other] && columns.nodeName[one] === columns.nodeName[other]
  );
}

/** Those that are held by one object in one way, as the chains of the sessions in a Map, are one. */
function byKey({ columns }: HeapGraph, found: readonly FoundChain[]): Chain[] {
  const { nodeId, nodeName, edgeType, edgeTypes, edgeNameOrIndex, strings } = columns;
  const chainByKey = new Map<
    string,
    Chain & { readonly heads: NodeOrdinal[]; readonly members: NodeOrdinal[] }
  >();
  for (const { head, end, holder, slot, edge, members } of found) {
    const link = strings.at(edgeNameOrIndex[edge]);
    const key = JSON.stringify([nodeId[holder], slot, strings.at(nodeName[head]), link]);
    const isCaptured = edgeTypes[edgeType[edge]] === 'context';
    const chain = chainByKey.get(key) ?? {
      key,
      holderId: nodeId[holder],
      link,
      isCaptured,
      heads: [],
      members: [],
    };
    chain.heads.push(head as NodeOrdinal);
    if (end !== null) chain.heads.push(end as NodeOrdinal);
    for (const member of members) chain.members.push(member as NodeOrdinal);
    chainByKey.set(key, chain);
  }
  return [...chainByKey.values()];
}
