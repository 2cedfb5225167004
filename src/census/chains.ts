import { isReadable, ownKeys, ownValue, prototypeOf } from './own-value.ts';

/**
 * Chains: objects of one kind of which each leads to the next by a property of the same name, `{ value, next }`. A
 * chain grows at its head or at its tail and is no collection that V8 knows, so it can only be walked.
 */

/**
 * The properties by which an object leads to another of its kind that has the same property: `next`, `previous`.
 * Some 0.2 µs a property, asked of every object that a walk expands.
 */
export function linksOf(object: object, keys: readonly PropertyKey[]): PropertyKey[] {
  const prototype = prototypeOf(object);
  return keys.filter((key) => {
    const value = ownValue(object, key);
    return typeof value === 'object' && value !== null && isLink(prototype, key, value);
  });
}

/** Whether `value`, which an object of this prototype has under `key`, is of its kind and leads on by the same property. */
export function isLink(prototype: object | null, key: PropertyKey, value: object): boolean {
  if (!isReadable(value) || Object.getPrototypeOf(value) !== prototype) return false;
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  // The last one has `null` or `undefined` there, or lacks it.
  return descriptor !== undefined && 'value' in descriptor && typeof descriptor.value === 'object';
}

/** What was counted of a chain so far: counting goes on in the next slice where it ended in this one. */
export class ChainCount {
  readonly head: object;
  readonly link: PropertyKey;
  /** Nodes behind the head. */
  length = 0;
  state: 'counting' | 'ended' | 'closed' | 'too long' = 'counting';
  readonly #prototype: object | null;
  readonly #first: object[] = [];
  #last: object[] = [];
  #at: object;
  #mark: object;
  #nextMark = 16;

  constructor(head: object, link: PropertyKey) {
    this.head = head;
    this.link = link;
    this.#prototype = prototypeOf(head);
    this.#at = head;
    this.#mark = head;
  }

  /** The last node met: where it ended, the tail. */
  get at(): object {
    return this.#at;
  }

  /** A third from the head, the rest from the tail. */
  get samples(): object[] {
    return [...this.#first, ...this.#last.slice(-SAMPLED_LAST)];
  }

  /** Follows up to `limit` links, some 0.2 µs each. */
  advance(limit: number): void {
    for (let passed = 0; passed < limit && this.state === 'counting'; passed += 1) {
      const next = ownValue(this.#at, this.link);
      if (typeof next !== 'object' || next === null || !this.#isSameKind(next)) {
        this.state = 'ended';
        return;
      }
      // The head again, or (Brent 1980) a node passed before: a ring of so many.
      if (next === this.head || next === this.#mark) {
        this.state = 'closed';
        return;
      }
      this.#at = next;
      this.length += 1;
      if (this.length === this.#nextMark) {
        this.#mark = next;
        this.#nextMark *= 2;
      }
      if (this.#first.length < SAMPLED_FIRST) this.#first.push(next);
      else this.#last.push(next);
      if (this.#last.length >= SAMPLED_LAST * 8) this.#last = this.#last.slice(-SAMPLED_LAST);
      if (this.length >= MAX_LENGTH) this.state = 'too long';
    }
  }

  #isSameKind(node: object): boolean {
    return isReadable(node) && prototypeOf(node) === this.#prototype;
  }
}

/** For a closer look: nodes near the head, a third, and as far from it as 10,000 links lead, in the order of the chain. */
export function sampleChain(head: object, limit: number): object[] {
  const counts = linksOf(head, ownKeys(head)).map((link) => new ChainCount(head, link));
  for (const count of counts) count.advance(MAX_PASSED);
  const [longest] = counts.sort((a, b) => b.length - a.length);
  return longest === undefined ? [head] : [head, ...longest.samples].slice(-limit);
}

/** A tenth of a second in slices. What is longer is not counted, and so not found to grow. */
const MAX_LENGTH = 500_000;
const MAX_PASSED = 10_000;
const SAMPLED_FIRST = 4;
const SAMPLED_LAST = 8;
