import type { CensusWalk } from '../core/census.ts';
import type { EntryCount } from '../core/counted-container.ts';

/**
 * How many entries each walk found in the containers that are followed. Walks themselves are large, so only some are kept;
 * what a picture needs of the others is one number a container. Bounded in containers and in counts of each.
 */
export class ContainerCounts {
  readonly #countsByKey = new Map<string, EntryCount[]>();

  /** To be called with each walk. */
  add(walk: CensusWalk): void {
    for (const { key, size, atMs, uncounted } of walk.containers) {
      const counts = this.#countsByKey.get(key);
      // What is not counted again is no count, only a memory of one.
      if (counts === undefined || uncounted === true) continue;
      counts.push({ timeMs: atMs, size });
      // Every second one, so that the whole time stays covered; but not the last, which is what the table tells.
      if (counts.length > COUNTS_AT_MOST)
        this.#countsByKey.set(
          key,
          counts.filter((_, index) => index % 2 === 0 || index === counts.length - 1),
        );
    }
  }

  /** From now on these are followed too; what `walks`, which are still there, found in them counts as well. */
  follow(keys: Iterable<string>, walks: readonly CensusWalk[]): void {
    const added = new Map<string, EntryCount[]>();
    for (const key of keys) {
      const known = this.#countsByKey.get(key);
      // Those asked for last are dropped last.
      this.#countsByKey.delete(key);
      this.#countsByKey.set(key, known ?? []);
      if (known === undefined) added.set(key, []);
    }
    for (const { containers } of walks) {
      for (const { key, size, atMs, uncounted } of containers) {
        if (uncounted !== true) added.get(key)?.push({ timeMs: atMs, size });
      }
    }
    for (const [key, counts] of added) this.#countsByKey.set(key, counts);
    for (const key of this.#countsByKey.keys()) {
      if (this.#countsByKey.size <= FOLLOWED_AT_MOST) break;
      this.#countsByKey.delete(key);
    }
  }

  /** Oldest first; empty for what is not followed. */
  of(key: string): readonly EntryCount[] {
    return this.#countsByKey.get(key) ?? [];
  }
}

export const COUNTS_AT_MOST = 60;
export const FOLLOWED_AT_MOST = 200;
