import type * as utilModule from 'node:util';
import type { ScopeReader } from './scopes.ts';

/** How many of the elements are promises, and how many of these still pend; `null` if none is. Asks the inspector. */
export function promisesAmong(
  elements: readonly object[],
  types: typeof utilModule.types,
  scopes: ScopeReader,
): { count: number; pending: number } | null {
  const promises = elements.filter((element) => types.isPromise(element)).slice(-ASKED);
  if (promises.length === 0) return null;
  const pending = promises.filter((promise) => scopes.readPromise(promise)?.state === 'pending').length;
  return { count: promises.length, pending };
}

/** Each is a question to the inspector of some 0.2 ms; the newest may well still wait for their first answer. */
const ASKED = 8;
