import type * as utilModule from 'node:util';
import { isObject, ownKeys, ownValue } from './own-value.ts';
import { containerSize, containerType, sampleElements } from './objects.ts';

/**
 * What one more element costs, in bytes: the mean over a few samples of what only that sample leads to. An estimate
 * from V8's 64-bit layout without pointer compression, as Node builds it: it is set against the measured slope to
 * tell whether a container explains it, never shown as a measurement.
 *
 * At most 400 objects a sample, six steps deep, functions with what is captured or bound by them alone; of a collection inside a
 * sample 32 elements are looked at and stand for the others. What two samples share (the server, a class) counts for none. `links` are properties of the samples that are not followed.
 */
export function estimateElementBytes(
  samples: readonly object[],
  types: typeof utilModule.types,
  hiddenIn: Hidden,
  links: ReadonlySet<PropertyKey> = new Set(),
): number | null {
  return estimateElement(samples, types, hiddenIn, links)?.bytes ?? null;
}

/** The same, and whether a look ended at its limit of objects: then an element may keep much more. */
export function estimateElement(
  samples: readonly object[],
  types: typeof utilModule.types,
  hiddenIn: Hidden,
  links: ReadonlySet<PropertyKey> = new Set(),
): { readonly bytes: number; readonly cut: boolean } | null {
  if (samples.length === 0) return null;
  const reaches = samples.map((sample) => reachFrom(sample, types, hiddenIn, links));
  const owners = new Map<object, number>();
  for (const reach of reaches) {
    for (const object of reach.keys()) owners.set(object, (owners.get(object) ?? 0) + 1);
  }
  let bytes = 0;
  for (const reach of reaches) {
    for (const [object, size] of reach) {
      if (samples.length === 1 || owners.get(object) === 1) bytes += size;
    }
  }
  return { bytes: bytes / samples.length, cut: reaches.some((reach) => reach.size >= MAX_OBJECTS) };
}

/**
 * What an object keeps where no property leads: a function what it captures, a settled promise its value, an instance what is
 * in private fields. Each costs a question to the inspector; `null` for an object of which there is nothing to ask.
 */
export type Hidden = (object: object) => (() => readonly unknown[]) | null;

const MAX_OBJECTS = 400;
const MAX_DEPTH = 6;

function reachFrom(
  sample: object,
  types: typeof utilModule.types,
  hiddenIn: Hidden,
  links: ReadonlySet<PropertyKey>,
): Map<object, number> {
  const sizeByObject = new Map<object, number>();
  let asked = 0;
  let level: Reached[] = [{ object: sample, standsFor: 1 }];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const below: Reached[] = [];
    for (const { object, standsFor } of level) {
      if (sizeByObject.has(object) || sizeByObject.size >= MAX_OBJECTS) continue;
      const add = (objects: readonly object[], share = 1): void => {
        for (const one of objects) below.push({ object: one, standsFor: standsFor * share });
      };
      // Only near the element. A library wraps a listener once or twice.
      const ask = depth <= DEEPEST_ASKED && asked < MAX_ASKED ? hiddenIn(object) : null;
      let hiddenBytes = 0;
      if (ask !== null) {
        asked += 1;
        for (const value of ask()) {
          if (isObject(value)) add([value]);
          else hiddenBytes += SLOT_BYTES + primitiveBytes(value);
        }
      }
      let bytes = PROMISE_BYTES;
      if (typeof object === 'function') {
        bytes = FUNCTION_BYTES;
        const original = ownValue(object, 'listener');
        if (typeof original === 'function') add([original]);
      } else if (!types.isPromise(object)) {
        bytes = shallowBytes(object, types, add, depth === 0 ? links : undefined);
      }
      sizeByObject.set(object, (bytes + hiddenBytes) * standsFor);
    }
    level = below;
  }
  return sizeByObject;
}

/** An object inside a sample, and for how many it stands: of a large collection only some are looked at. */
type Reached = { readonly object: object; readonly standsFor: number };

const PROMISE_BYTES = 64;
const FUNCTION_BYTES = 64;
const MAX_ASKED = 3;
const DEEPEST_ASKED = 3;
const ELEMENTS_SAMPLED = 32;
const PROPERTIES_LOOKED_AT = 256;
const HEADER_BYTES = 24;
const SLOT_BYTES = 8;

/** The object itself with its strings; objects it leads to are handed to `add`, with how many each of them stands for. */
function shallowBytes(
  object: object,
  types: typeof utilModule.types,
  add: (objects: readonly object[], share?: number) => void,
  links?: ReadonlySet<PropertyKey>,
): number {
  // Looking at a property of the global object may load a part of Node.
  if (types.isProxy(object) || object === globalThis) return 0;
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) return viewBytes(object, types);
  const type = containerType(object, types);
  if (type !== null) {
    const size = containerSize(object, type);
    add(sampleElements(object, type, ELEMENTS_SAMPLED), Math.max(1, size / ELEMENTS_SAMPLED));
    const slots = type === 'Map' ? 3.5 : type === 'Set' ? 2.5 : 1;
    return HEADER_BYTES + size * slots * SLOT_BYTES + primitiveElementBytes(object, type, size);
  }
  const keys = ownKeys(object);
  const share = Math.max(1, keys.length / PROPERTIES_LOOKED_AT);
  let bytes = 0;
  for (const key of keys.slice(0, PROPERTIES_LOOKED_AT)) {
    const value = ownValue(object, key);
    bytes += SLOT_BYTES + primitiveBytes(value);
    if (links?.has(key)) continue;
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') add([value], share);
  }
  return HEADER_BYTES + bytes * share;
}

/** Strings kept in an array, by the mean of a few. */
function primitiveElementBytes(container: object, type: string, size: number): number {
  if (type !== 'Array' || size === 0) return 0;
  let bytes = 0;
  const looked = Math.min(size, 8);
  for (let index = 0; index < looked; index += 1) bytes += primitiveBytes(ownValue(container, String(index)));
  return (bytes / looked) * size;
}

function primitiveBytes(value: unknown): number {
  // One byte a character: V8's representation of Latin-1, which most of a server's text is.
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value === 'bigint') return 24;
  return 0;
}

/** A view is charged with the whole buffer it pins, as a 32-byte slice of 64 KB pins 64 KB. */
function viewBytes(object: object, types: typeof utilModule.types): number {
  const getter = types.isDataView(object) ? dataViewBuffer : typedArrayBuffer;
  const buffer = ArrayBuffer.isView(object) ? (getter?.call(object) as object) : object;
  // SharedArrayBuffers are not the isolate's own memory.
  if (!types.isArrayBuffer(buffer)) return HEADER_BYTES;
  return HEADER_BYTES + (bufferByteLength?.call(buffer) as number);
}

const typedArrayBuffer = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  'buffer',
)?.get;
const dataViewBuffer = Object.getOwnPropertyDescriptor(DataView.prototype, 'buffer')?.get;
const bufferByteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get;
