import type { Grower, Holder, PathNode, Release, Retained } from '../core/finding.ts';
import type { LeakCase } from './leak-case.ts';
import { counted } from './words.ts';

/**
 * The way from a root to what is kept too long, node by node: first who keeps, then what of it is over, and at last what
 * should be gone, and why. Empty where no walk met the holder.
 */
export function retainerPath(facts: RetainerFacts): PathNode[] {
  const { holder, zombies, grows, retained, shouldBeReleased } = facts;
  const nodes = holder.nodes ?? [];
  if (nodes.length === 0) return [];
  const path: PathNode[] = [...nodes];
  if (zombies !== null) {
    const { type, state, count, of } = zombies;
    path.push({
      name: counted(count, type),
      state: 'closed',
      why: `${state}, as ${count} of the ${of} that were looked at ${count === 1 ? 'is' : 'are'}`,
    });
  }
  const last = lastState(zombies, shouldBeReleased);
  if (grows !== null) {
    const { name, instances } = grows;
    path.push({ name: instances === 1 ? name : `${name} ×${instances}`, ...last });
  } else if (retained.count !== null && (zombies === null || retained.type !== zombies.type)) {
    path.push({ name: counted(retained.count, retained.type), ...last });
  }
  return path;
}

/** What grows should be gone where its reason is over, or where the rule knows what should have taken it out. */
function lastState(
  zombies: RetainerFacts['zombies'],
  release: RetainerFacts['shouldBeReleased'],
): Pick<PathNode, 'state' | 'why'> {
  if (zombies !== null) {
    return {
      state: 'should be gone',
      why: `what it is for is over: the ${zombies.type} is ${zombies.state}`,
    };
  }
  if (release !== null) return { state: 'should be gone', why: release.words };
  return { state: 'unknown', why: 'it grows, and nothing in the text says when it should go' };
}

export type RetainerFacts = {
  readonly holder: Holder;
  readonly zombies: Pick<NonNullable<LeakCase['zombies']>, 'type' | 'state' | 'count' | 'of'> | null;
  readonly grows: Grower | null;
  readonly retained: Pick<Retained, 'type' | 'count'>;
  readonly shouldBeReleased: Release | null;
};
