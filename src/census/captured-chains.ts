import { functionKey } from './function-sources.ts';
import { isObject, isReadable, ownKeys, ownValue, prototypeOf } from './own-value.ts';
import type { ScopeReader } from './scopes.ts';
import type { Shape } from './shape-tree.ts';

/**
 * Chains whose links are captured variables: a value has a function, or is one, and a variable that the function captures names the
 * value before, which has a function of the same text. All closures of a function share one context, so it takes no more than
 * another of them that uses the variable (`const before = current; …; current = { read: () => … }`), or a function that is wrapped
 * again and again.
 *
 * Each link is a question to the inspector, some 0.4 ms.
 */
export type CapturedLink = {
  readonly variable: PropertyKey;
  /** Of the value, which has the function; `null` where it is the function. */
  readonly property: PropertyKey | null;
};

/**
 * How `value`, which `fn` captures under a name, leads on by a function of the same text as `fn`; `null` if it does not. `keys`: its own,
 * which are not listed for this: a dictionary may have a million.
 */
export function capturedLink(
  { fn, variable }: CapturedBy,
  value: object,
  keys: readonly PropertyKey[],
): CapturedLink | null {
  const key = functionKey(fn);
  const isLike = (other: unknown): boolean =>
    typeof other === 'function' && other !== fn && isReadable(other) && functionKey(other) === key;
  if (typeof value === 'function') return isLike(value) ? { variable, property: null } : null;
  const property = keys.slice(0, MAX_PROPERTIES).find((one) => isLike(ownValue(value, one)));
  return property === undefined ? null : { variable, property };
}

/** A function that captures something, and under which name. */
export type CapturedBy = { readonly fn: object; readonly variable: PropertyKey };

/** The value before this one; `null` at the end of the chain. */
export function predecessorOf(
  node: object,
  { variable, property }: CapturedLink,
  scopes: ScopeReader,
): object | null {
  const fn = property === null ? node : ownValue(node, property);
  if (typeof fn !== 'function' || !isReadable(fn)) return null;
  for (const { object } of scopes.readFunction(fn)?.scopes() ?? []) {
    if (!Object.hasOwn(object, variable)) continue;
    const value = ownValue(object, variable);
    const isLike = isObject(value) && isReadable(value) && prototypeOf(value) === prototypeOf(node);
    return isLike && value !== node ? value : null;
  }
  return null;
}

/** For a closer look: the newest values of a chain that begins with `head`, newest last as everywhere. */
export function sampleCapturedChain(head: object, variable: PropertyKey, scopes: ScopeReader): object[] {
  const nodes = [head];
  const link = linkFrom(head, variable, scopes);
  if (link === null) return nodes;
  while (nodes.length < SAMPLED) {
    const before = predecessorOf(nodes[0], link, scopes);
    if (before === null) break;
    nodes.unshift(before);
  }
  return nodes;
}

function linkFrom(head: object, variable: PropertyKey, scopes: ScopeReader): CapturedLink | null {
  if (typeof head === 'function') return { variable, property: null };
  const functions = ownKeys(head).filter((property) => typeof ownValue(head, property) === 'function');
  const links = functions.slice(0, MAX_ASKED).map((property): CapturedLink => ({ variable, property }));
  return links.find((link) => predecessorOf(head, link, scopes) !== null) ?? null;
}

/** How long the chains were in the walk before, by their shapes: of a very long one only what is new is counted. Keeps nothing alive. */
export type CapturedLengths = Map<string, { readonly head: WeakRef<object>; readonly length: number }>;

/** The chains of this kind that a walk has met, counted when all else is walked. */
export class CapturedChainsMet {
  readonly #lengths: CapturedLengths;
  readonly #waiting: Counting[] = [];
  /** Of chains that were counted: who points into the middle of one points to the same. */
  readonly #nodes = new WeakSet<object>();

  /** `lengths`: those of the walk before; it adds to them. */
  constructor(lengths: CapturedLengths) {
    this.#lengths = lengths;
  }

  /** `value` was met as a variable, by the way of `shape`, and leads on. */
  note(value: object, link: CapturedLink, shape: Shape, weight: number): void {
    const before = this.#lengths.get(shape.key);
    this.#waiting.push({ head: value, link, shape, weight, at: value, length: 1, before, beforeIsAt: null });
  }

  /** Follows one link more. The chain that is counted thereby; `counting` if none is yet, `none` if none is left. */
  advance(scopes: ScopeReader): CountedCapturedChain | 'counting' | 'none' {
    const [chain] = this.#waiting;
    if (chain === undefined) return 'none';
    if (chain.length === 1 && this.#nodes.has(chain.head)) {
      this.#waiting.shift();
      return 'counting';
    }
    this.#nodes.add(chain.at);
    const before = predecessorOf(chain.at, chain.link, scopes);
    const isOver = before === null || this.#nodes.has(before) || chain.length >= MAX_COUNTED;
    if (!isOver) {
      if (before === chain.before?.head.deref()) chain.beforeIsAt = chain.length;
      chain.at = before;
      chain.length += 1;
      return 'counting';
    }
    this.#waiting.shift();
    return this.#over(chain);
  }

  #over({
    head,
    link,
    shape,
    weight,
    length,
    before,
    beforeIsAt,
  }: Counting): CountedCapturedChain | 'counting' {
    // Its end is far: what was new was counted, and what was there is as long as it was.
    const isLong = length >= MAX_COUNTED && before !== undefined && beforeIsAt !== null;
    const whole = isLong ? Math.max(length, beforeIsAt + before.length) : length;
    if (whole < MIN_LENGTH) return 'counting';
    this.#lengths.set(shape.key, { head: new WeakRef(head), length: whole });
    return { head, shape, weight, length: whole, variable: link.variable };
  }
}

export type CountedCapturedChain = {
  readonly head: object;
  readonly shape: Shape;
  readonly weight: number;
  /** The head among them. */
  readonly length: number;
  readonly variable: PropertyKey;
};

type Counting = Omit<CountedCapturedChain, 'length' | 'variable'> & {
  readonly link: CapturedLink;
  at: object;
  length: number;
  readonly before: { readonly head: WeakRef<object>; readonly length: number } | undefined;
  /** After how many links the head of the walk before was met. */
  beforeIsAt: number | null;
};

/** A value and the one before it are no chain. */
const MIN_LENGTH = 3;
/** 0.2 s in slices. */
const MAX_COUNTED = 500;
const MAX_PROPERTIES = 64;
const MAX_ASKED = 8;
const SAMPLED = 5;
