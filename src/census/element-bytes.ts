import type * as utilModule from 'node:util';
import { ownKeys, ownValue } from './own-value.ts';
import { containerSize, containerType, sampleElements } from './objects.ts';

/**
 * What one more element costs, in bytes: the mean over a few samples of what only that sample leads to. An estimate
 * from V8's 64-bit layout without pointer compression, as Node builds it: it is set against the measured slope to
 * tell whether a container explains it, never shown as a measurement.
 *
 * At most 400 objects a sample, six steps deep, closures with the variables of their own scope; what two samples share
 * (the server, a class) counts for none. `links` are properties of the samples that are not followed.
 */
export function estimateElementBytes(
  samples: readonly object[],
  types: typeof utilModule.types,
  capturedBy: (fn: object) => object[],
  links: ReadonlySet<PropertyKey> = new Set(),
): number | null {
  return estimateElement(samples, types, capturedBy, links)?.bytes ?? null;
}

/** The same, and whether a look ended at its limit of objects: then an element may keep much more. */
export function estimateElement(
  samples: readonly object[],
  types: typeof utilModule.types,
  capturedBy: (fn: object) => object[],
  links: ReadonlySet<PropertyKey> = new Set(),
): { readonly bytes: number; readonly cut: boolean } | null {
  if (samples.length === 0) return null;
  const reaches = samples.map((sample) => reachFrom(sample, types, capturedBy, links));
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

const MAX_OBJECTS = 400;
const MAX_DEPTH = 6;

function reachFrom(
  sample: object,
  types: typeof utilModule.types,
  capturedBy: (fn: object) => object[],
  links: ReadonlySet<PropertyKey>,
): Map<object, number> {
  const sizeByObject = new Map<object, number>();
  let functionsAsked = 0;
  let level: object[] = [sample];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const below: object[] = [];
    for (const object of level) {
      if (sizeByObject.has(object) || sizeByObject.size >= MAX_OBJECTS) continue;
      if (types.isPromise(object)) {
        sizeByObject.set(object, PROMISE_BYTES);
        // What it was fulfilled with, which no property leads to.
        if (depth <= 1 && functionsAsked++ < MAX_FUNCTIONS_ASKED) below.push(...capturedBy(object));
        continue;
      }
      if (typeof object === 'function') {
        sizeByObject.set(object, FUNCTION_BYTES);
        // Only of the element itself, and of what is right below it: each is a question to the inspector.
        if (depth <= 1 && functionsAsked++ < MAX_FUNCTIONS_ASKED) below.push(...capturedBy(object));
        continue;
      }
      sizeByObject.set(object, shallowBytes(object, types, below, depth === 0 ? links : undefined));
    }
    level = below;
  }
  return sizeByObject;
}

const PROMISE_BYTES = 64;
const FUNCTION_BYTES = 64;
const MAX_FUNCTIONS_ASKED = 3;
const HEADER_BYTES = 24;
const SLOT_BYTES = 8;

/** The object itself with its strings; objects it leads to are added to `below`. */
function shallowBytes(
  object: object,
  types: typeof utilModule.types,
  below: object[],
  links?: ReadonlySet<PropertyKey>,
): number {
  // Looking at a property of the global object may load a part of Node.
  if (types.isProxy(object) || object === globalThis) return 0;
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) return viewBytes(object, types);
  const type = containerType(object, types);
  if (type !== null) {
    below.push(...sampleElements(object, type, 32));
    const slots = type === 'Map' ? 3.5 : type === 'Set' ? 2.5 : 1;
    const size = containerSize(object, type);
    return HEADER_BYTES + size * slots * SLOT_BYTES + primitiveElementBytes(object, type, size);
  }
  let bytes = HEADER_BYTES;
  for (const key of ownKeys(object).slice(0, 256)) {
    const value = ownValue(object, key);
    bytes += SLOT_BYTES + primitiveBytes(value);
    if (links?.has(key)) continue;
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') below.push(value);
  }
  return bytes;
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
