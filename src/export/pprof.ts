import type { AllocationProfile } from '../core/allocations.ts';
import { allocationTree, stacksOf } from './allocation-tree.ts';
import type { ProfileFrame } from './profile-frame.ts';
import { ProtobufWriter } from './protobuf.ts';

/**
 * A profile of sampled allocations in pprof's format (profile.proto, not compressed: readers take it as it is and with
 * gzip). The one value is `inuse_space` in bytes, as in Go's heap profiles; their sum is `profile.liveBytes`. How many objects
 * those are V8 does not tell.
 */
export function toPprof(profile: AllocationProfile, takenAtMs: number): Uint8Array {
  const strings = new Numbering<string>((text) => text);
  // The first string is the empty one, which stands for none.
  strings.of('');
  const locations = new Numbering<ProfileFrame>((frame) => JSON.stringify(frame));
  const file = new ProtobufWriter();
  const valueType = (field: number, type: string, unit: string): void =>
    file.message(field, (message) => {
      message.number(1, strings.of(type));
      message.number(2, strings.of(unit));
    });
  valueType(PROFILE.sampleType, 'inuse_space', 'bytes');
  for (const { frames, bytes } of stacksOf(allocationTree(profile))) {
    file.message(PROFILE.sample, (sample) => {
      // Innermost first, and no number is 0.
      sample.numbers(1, frames.map((frame) => locations.of(frame) + 1).reverse());
      sample.numbers(2, [Math.round(bytes)]);
    });
  }
  // A function is known by where it begins, so each has one location.
  for (const [index, { function: name, url, line, column }] of locations.items.entries()) {
    const id = index + 1;
    file.message(PROFILE.location, (location) => {
      location.number(1, id);
      location.message(4, (place) => {
        place.number(1, id);
        if (line !== null) place.number(2, line + 1);
        if (column !== null) place.number(3, column + 1);
      });
    });
    file.message(PROFILE.function, (described) => {
      described.number(1, id);
      described.number(2, strings.of(name === '' ? '(anonymous)' : name));
      described.number(4, strings.of(url));
      if (line !== null) described.number(5, line + 1);
    });
  }
  file.number(PROFILE.timeNanos, BigInt(Math.round(takenAtMs)) * NANOS_A_MS);
  file.number(PROFILE.durationNanos, BigInt(Math.round(profile.durationMs)) * NANOS_A_MS);
  valueType(PROFILE.periodType, 'space', 'bytes');
  file.number(PROFILE.period, Math.round(profile.samplingIntervalBytes));
  for (const text of strings.items) file.text(PROFILE.stringTable, text);
  return file.finish();
}

/** The numbers of profile.proto's fields. */
const PROFILE = {
  sampleType: 1,
  sample: 2,
  location: 4,
  function: 5,
  stringTable: 6,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
} as const;

const NANOS_A_MS = 1_000_000n;

/** Gives each different item the next number, from 0. */
class Numbering<Item> {
  readonly items: Item[] = [];
  readonly #numberByKey = new Map<string, number>();
  readonly #keyOf: (item: Item) => string;

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  of(item: Item): number {
    const key = this.#keyOf(item);
    const known = this.#numberByKey.get(key);
    if (known !== undefined) return known;
    this.#numberByKey.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}
