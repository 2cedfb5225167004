/**
 * Does the work when all that was asked for before is over. Processes that were not told otherwise open their inspector on the one
 * default port, and several may be attached to at once: two that are watched side by side, and what each of them has forked.
 */
export function inInspectorTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  const turn = before.then(work);
  before = turn.catch(() => undefined);
  return turn;
}

/** One for all of this leakline, as the port is one; of others `openInspector` knows. */
let before: Promise<unknown> = Promise.resolve();
