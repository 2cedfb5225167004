import type { Grower, Holder, Site } from '../core/finding.ts';

/**
 * Equal for the same bug in another run of the same code: what holds, what grows in it, where in the source they
 * stand. What a run may or may not see (sizes, closed resources, a trap's stack, the rule they lead to) stays out.
 */
export function fingerprintOf(holder: Holder, grows: Grower | null, fallback: Site | null): string {
  const location = holder.location ?? fallback?.location ?? null;
  const parts = [
    holder.name,
    holder.type,
    location?.package ?? '',
    location?.file ?? '',
    location?.line ?? '',
    location?.function ?? '',
    grows?.name ?? '',
    grows?.location?.file ?? '',
    grows?.location?.line ?? '',
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
