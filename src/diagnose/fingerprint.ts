import type { Grower, Holder, Site } from '../core/finding.ts';
import { placeName } from './source/place-name.ts';
import type { Script } from './source/script.ts';
import type { AnyNode } from './source/syntax.ts';

/**
 * Equal for the same bug in another run of the same code: what holds, what grows in it, where in the source they stand. What a
 * run may or may not see (sizes, closed resources, a trap's stack, the rule they lead to) stays out, and so do line numbers:
 * whoever keeps a list of known findings would find each of them new after an edit further up in the file.
 *
 * `places` are where the text declares the two; without them the function around a place has to do.
 */
export function fingerprintOf(
  holder: Holder,
  grows: Grower | null,
  fallback: Site | null,
  places: { readonly holder: DeclaredPlace | null; readonly grows: DeclaredPlace | null } = NO_PLACES,
): string {
  const location = holder.location ?? fallback?.location ?? null;
  const parts = [
    holder.name,
    holder.type,
    location?.package ?? '',
    location?.file ?? '',
    places.holder === null ? (location?.function ?? '') : nameOf(places.holder),
    grows?.name ?? '',
    grows?.location?.file ?? '',
    grows === null || places.grows === null ? '' : nameOf(places.grows),
  ];
  return hash(parts.join('\u0000'));
}

type DeclaredPlace = { readonly script: Script; readonly node: AnyNode };

const NO_PLACES = { holder: null, grows: null };

function nameOf({ script, node }: DeclaredPlace): string {
  return placeName(script, node);
}

/** FNV-1a of 64 bits over UTF-16 units, as hexadecimal. It tells bugs apart and guards nothing. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, '0');
}
