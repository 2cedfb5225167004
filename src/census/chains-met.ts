import { ChainCount } from './chains.ts';
import { constructorOf } from './objects.ts';
import { ownKeys } from './own-value.ts';
import type { Shape } from './shape-tree.ts';

/**
 * The chains a walk has met, to be counted once all else is walked: only then is it known which are but the order of
 * a collection's elements, as the list of a least recently used cache is.
 */
export class ChainsMet {
  readonly #chains: Chain[] = [];
  /** What is done with is not taken out: that would move all that stand behind it. */
  #done = 0;
  readonly #ends = new Set<object>();
  readonly #collectionSizesByKind = new Map<string, number[]>();
  #linksFollowed = 0;
  #truncated = false;

  /** Not all chains were counted to their end. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** An object that leads to others of its kind by `links`, found by the way of `shape`. */
  note(head: object, links: readonly PropertyKey[], shape: Shape, weight: number): void {
    const { step } = shape;
    if (step.kind !== 'element') {
      this.#chains.push({ shape, weight, counts: links.map((link) => new ChainCount(head, link)) });
      return;
    }
    const kind = kindOf(head);
    const sizes = this.#collectionSizesByKind.get(kind) ?? [];
    if (!sizes.includes(step.size)) sizes.push(step.size);
    this.#collectionSizesByKind.set(kind, sizes);
  }

  /** Follows a thousand links more. The chain that is counted thereby; `counting` if none is yet, `none` if none is left. */
  advance(): CountedChain | 'counting' | 'none' {
    const chain = this.#chains[this.#done];
    if (chain === undefined) return 'none';
    const open = chain.counts.find((count) => count.state === 'counting');
    if (open === undefined) {
      this.#done += 1;
      return this.#counted(chain);
    }
    // Whoever points to its other end leads to the same chain.
    if (this.#ends.has(open.head)) {
      this.#done += 1;
      return 'counting';
    }
    const before = open.length;
    open.advance(LINKS_AT_A_TIME);
    this.#linksFollowed += open.length - before;
    if (this.#linksFollowed < MAX_LINKS) return 'counting';
    this.#truncated = true;
    this.#chains.length = this.#done;
    return 'none';
  }

  #counted({ shape, weight, counts }: Chain): CountedChain | 'counting' {
    const [longest] = [...counts].sort((a, b) => b.length - a.length);
    if (longest === undefined) return 'counting';
    const { head } = longest;
    const links = counts.map((count) => count.link);
    if (longest.length < MIN_CHAIN_LENGTH) {
      return { shape, weight, head, links, length: longest.length, nodes: [], isContainer: false };
    }
    for (const count of counts) this.#ends.add(count.at);
    const isWhole = counts.every((count) => count.state !== 'too long');
    this.#truncated ||= !isWhole;
    // A ring is met as a whole in either direction, an end in one of them.
    const isRing = counts.some((count) => count.state === 'closed');
    const length = isRing ? longest.length + 1 : counts.reduce((sum, count) => sum + count.length, 1);
    const isContainer = isWhole && !this.#isOfCollection(head, length);
    return { shape, weight, head, links, length, nodes: longest.samples, isContainer };
  }

  /** The nodes are the elements of a collection too: that is what a reader knows, and it would be told twice. */
  #isOfCollection(node: object, length: number): boolean {
    const sizes = this.#collectionSizesByKind.get(kindOf(node)) ?? [];
    return sizes.some((size) => Math.abs(size - length) <= Math.max(2, length * 0.05));
  }
}

export type CountedChain = {
  readonly shape: Shape;
  readonly weight: number;
  readonly head: object;
  /** By which the head leads on. */
  readonly links: readonly PropertyKey[];
  /** Of its nodes, the head among them. */
  readonly length: number;
  /** Some of those behind the head; none if it is too short to be a chain. */
  readonly nodes: readonly object[];
  /** It is long enough, counted to its end, and not the order of a collection that is told of anyway. */
  readonly isContainer: boolean;
};

/** In one direction or two. */
type Chain = { readonly shape: Shape; readonly weight: number; readonly counts: readonly ChainCount[] };

/** Fewer are no container: a version and the one before it, a directory in its parent. */
const MIN_CHAIN_LENGTH = 16;
const LINKS_AT_A_TIME = 1000;
/** Of all chains together: 0.2 s in slices. Where it is not known how long a chain is, it is not said either. */
const MAX_LINKS = 1_000_000;

/** What makes two objects nodes of the same chain: where they come from and what they have. */
function kindOf(node: object): string {
  return `${constructorOf(node).name} ${ownKeys(node).slice(0, 8).map(String).join()}`;
}
