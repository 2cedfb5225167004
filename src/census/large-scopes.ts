import { hasPrivateNames, isDeclaration, isMethod } from './function-sources.ts';
import { isObject, ownValue } from './own-value.ts';

/**
 * The functions that need not be asked about, and how many may be, where scopes are very large: those of a bundle in one file, or of
 * a compiler. V8 copies every variable of every scope around a function for each answer, at 0.3 to 0.45 µs (Node 20 to 26), so
 * that a function in a scope of 5,000 variables takes 1.5 ms (docs/decisions/0031-scopes-of-thousands.md).
 *
 * What is declared in such a scope captures it and nothing else, and so do the methods of a class that is.
 */
export class LargeScopes {
  readonly #met = new Set<string>();
  readonly #variables = new WeakMap<object, PropertyKey>();
  #copied = 0;

  /** Whether one was met. */
  get any(): boolean {
    return this.#met.size > 0;
  }

  /** No more functions are to be asked about in this walk. */
  get isExhausted(): boolean {
    return this.#copied > COPIED_MAX;
  }

  /** To be told of each scope that V8 made a copy of. `isKnown`: whether the walk has been at a value. True if it has been at all. */
  note(
    scriptId: string,
    scope: object,
    names: readonly PropertyKey[],
    isKnown: (value: object) => boolean,
  ): boolean {
    this.#copied += names.length;
    if (!isLarge(names)) return false;
    const key = `${scriptId} ${names.length} ${String(names[0])}`;
    if (!this.#met.has(key)) {
      this.#met.add(key);
      for (const name of names) {
        const value = ownValue(scope, name);
        if (typeof value === 'function') this.#variables.set(value, name);
      }
      return false;
    }
    // A function that was called twice has two scopes of the same names.
    const values: object[] = [];
    for (const name of names) {
      const value = ownValue(scope, name);
      if (isObject(value)) values.push(value);
      if (values.length === COMPARED) break;
    }
    return values.every(isKnown);
  }

  /** Whether a function captures what is known already. `constructor`: of which it is a method, or a static one. */
  explains(fn: object, constructor: object | null): boolean {
    if (!this.any) return false;
    if (this.#isDeclared(fn)) return true;
    return constructor !== null && this.#isDeclared(constructor) && isMethod(fn);
  }

  /**
   * Tells of each property of an object literal in turn whether it is one more of its methods: they capture the same, so one is
   * asked about where asking is dear.
   */
  furtherMethods(): (value: object) => boolean {
    let hasMethod = false;
    return (value) => {
      if (!this.any || typeof value !== 'function' || !isMethod(value)) return false;
      const isFurther = hasMethod;
      hasMethod = true;
      return isFurther;
    };
  }

  /** What a call returned may have any name, but seldom that of the variable. */
  #isDeclared(fn: object): boolean {
    const name = this.#variables.get(fn);
    if (name === undefined || ownValue(fn, 'name') !== name || !isDeclaration(fn)) return false;
    // Only V8 knows what is in a private static member.
    return !hasPrivateNames(fn);
  }
}

export function isLarge(names: readonly PropertyKey[]): boolean {
  return names.length >= LARGE;
}

/** Of 0.3 ms and more for each function. */
const LARGE = 1000;
/** Some 1.5 s of the program's main thread, a quarter of a minute by the clock. */
const COPIED_MAX = 4_000_000;
const COMPARED = 8;
