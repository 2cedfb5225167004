import { closedState, hasPrivateLife, type Life, privateLife } from './closed-state.ts';
import { classSource } from './function-sources.ts';
import type { CensusHost } from './host.ts';
import { constructorsOf, holdsError } from './objects.ts';

/**
 * Whether instances say in private fields that they are over: `#closed = true`, `#state = 'cancelled'`; and of an
 * AbortController, whose signal is private, whether it is aborted.
 *
 * Each is a question to the inspector of 0.1 to 0.3 ms, so one look asks a few; of the others it is `UNASKED`.
 */
export class PrivateStates {
  readonly #host: CensusHost;
  readonly #worthByClass = new Map<object, boolean>();
  #questionsLeft = MAX_QUESTIONS;

  constructor(host: CensusHost) {
    this.#host = host;
  }

  /** `null` for what has no such field. */
  lifeOf(object: object): Life | typeof UNASKED {
    const classes = constructorsOf(object);
    if (!classes.some((one) => this.#isWorthAsking(one)) || holdsError(object, this.#host.types)) return null;
    if (this.#questionsLeft === 0) return UNASKED;
    this.#questionsLeft -= 1;
    const { scopes } = this.#host;
    if (!classes.some(isAbortController)) return privateLife(scopes.readPrivatePrimitives(object));
    const signal = scopes.readPrivateFields(object).find(({ name }) => name === '#signal')?.value;
    // Node makes the signal when it is first asked for.
    return signal === undefined ? 'open' : (closedState(signal) ?? 'open');
  }

  #isWorthAsking(constructor: object): boolean {
    const known = this.#worthByClass.get(constructor);
    if (known !== undefined) return known;
    const source = classSource(constructor);
    const isWorth = source.startsWith('class') && (isAbortControllerSource(source) || hasPrivateLife(source));
    this.#worthByClass.set(constructor, isWorth);
    return isWorth;
  }
}

export const UNASKED: unique symbol = Symbol('unasked');

const MAX_QUESTIONS = 16;

function isAbortController(constructor: object): boolean {
  return isAbortControllerSource(classSource(constructor));
}

function isAbortControllerSource(source: string): boolean {
  return source.startsWith('class AbortController ') && source.includes('#signal');
}
