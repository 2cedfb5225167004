import type { FunctionAt } from '../source/function-at.ts';
import { nameAround } from '../source/function-name.ts';
import type { Claimant } from './claimants.ts';
import type { GrowingAllocation } from './growing-allocations.ts';

/** The one that most speaks for; of two alike the first. `undefined` where nothing does. */
export function nearest(
  claimants: readonly Claimant[],
  allocation: GrowingAllocation,
  all: readonly GrowingAllocation[],
): Claimant | undefined {
  let best: Claimant | undefined;
  let most = 0;
  for (const claimant of claimants) {
    const score = nearness(claimant, allocation, all);
    if (score > most) {
      most = score;
      best = claimant;
    }
  }
  return best;
}

/**
 * How much speaks for it, in steps: the function that allocates also puts in; what it makes is handed to one that does; one
 * further out on the stack does; it calls one. What keeps all that hangs on it may keep what was made anywhere. Of a
 * collection that no walk met, a function further out says nothing: most functions put something somewhere.
 */
function nearness(
  { told, places, sources, marked, keepsAll }: Claimant,
  { place, through, inner }: GrowingAllocation,
  all: readonly GrowingAllocation[],
): number {
  const puts = (fn: FunctionAt): boolean => places.some(({ node }) => node === fn.node);
  // What a package does on behalf of a function is that function's.
  const further = through.findIndex(puts);
  // And what a callback makes that is written in the function which puts in, as that of `Array.from`, is that function's.
  const isOwn = further > 0 && through.slice(0, further).every((fn) => isWrittenIn(fn, through[further]));
  const distance = inner.some(puts) || isOwn ? 0 : further;
  const isSource = [...inner, ...through].some((fn) => sources.has(calledAs(fn) ?? ''));
  const isNear = distance === 0 || keepsAll || told !== null;
  const onStack = distance < 0 || !isNear ? 0 : Math.max(2, 7 - distance);
  const calls = all.some(({ through: other }) => {
    const called = other.findIndex(puts);
    return called >= 0 && other[called + 1]?.node === place.node;
  });
  const linked = Math.max(onStack, isSource ? 6 : 0, calls ? 4 : 0);
  if (keepsAll && marked) return Math.max(linked, 2) + 1;
  return marked ? linked : linked * 0.5;
}

function isWrittenIn(inside: FunctionAt, { script, node }: FunctionAt): boolean {
  return inside.script === script && node.start <= inside.node.start && inside.node.end <= node.end;
}

/** `begin` of `Upload.begin`, `Upload` of `new Upload`. */
function calledAs({ script, path }: FunctionAt): string | null {
  return nameAround(script, path)?.replace(/^new |^.*\./, '') ?? null;
}
