import type { Site } from '../core/finding.ts';
import type { Held } from './holder.ts';
import { placeName } from './place-name.ts';

/**
 * Equal for the same bug in another run of the same code: what holds, what grows in it, where in the source they stand. What a
 * run may or may not see (sizes, closed resources, a trap's stack, the rule they lead to) stays out, and so do line numbers:
 * whoever keeps a list of known findings would find each of them new after an edit further up in the file.
 */
export function fingerprintOf(held: Held, fallback: Site | null): string {
  const { holder, declared, container, timer } = held;
  // What is inside an object of Node's is called otherwise in another version of Node.
  const grows = held.growsIn === 'itself' ? null : held.grows;
  const location = holder.location ?? fallback?.location ?? null;
  const place = timer ?? declared;
  const parts = [
    holder.name,
    holder.type,
    location?.package ?? '',
    location?.file ?? '',
    place === null ? (location?.function ?? '') : placeName(place.script, place.node),
    grows?.name ?? '',
    grows?.location?.file ?? '',
    grows === null || container === null ? '' : placeName(container.script, container.node),
  ];
  return hash(parts.join('\u0000'));
}

/** FNV-1a of 64 bits over UTF-16 units, as hexadecimal. It tells bugs apart and guards nothing. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, '0');
}
