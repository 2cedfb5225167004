import type { ContainerType } from '../core/census.ts';
import { sampleEntries } from './objects.ts';
import { isObject, listingOf } from './own-value.ts';

/**
 * What an entry costs in a container of strings, numbers and the like, its key included: the mean over a few. A text may be a
 * piece of a longer one, which V8 then keeps whole and no look can see: `hasText` says so. `null` for what holds objects, is
 * empty, or is a dictionary so large that listing its keys once more would cost, and not so large that it never is.
 */
export function primitiveElements(
  container: object,
  type: ContainerType,
  size: number,
): { type: string; bytes: number; hasText: boolean } | null {
  if (type === 'Object' && size > KEYS_LISTED_AGAIN && listingOf(container) === undefined) return null;
  const entries = sampleEntries(container, type, ENTRIES_LOOKED_AT);
  if (entries.length === 0 || entries.some(({ value }) => isObject(value))) return null;
  const slot = SLOT_BYTES_BY_TYPE[type] ?? 8;
  const bytes = entries.reduce((sum, { key, value }) => sum + slot + bytesOf(key) + bytesOf(value), 0);
  return {
    type: typeof entries[0]?.value,
    bytes: bytes / entries.length,
    hasText: entries.some(({ key, value }) => typeof key === 'string' || typeof value === 'string'),
  };
}

const ENTRIES_LOOKED_AT = 8;
/** 6 ms. */
const KEYS_LISTED_AGAIN = 20_000;

/** As V8 lays them out on 64 bits: an entry of a hash table with its share of free room; of a dictionary three words. */
const SLOT_BYTES_BY_TYPE: Partial<Record<ContainerType, number>> = { Map: 28, Set: 20, Array: 8, Object: 24 };

/** One byte a character: V8's representation of Latin-1, which most of a server's text is. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  return typeof value === 'bigint' ? 24 : 0;
}
