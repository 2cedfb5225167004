import type * as utilModule from 'node:util';
import { ownValue } from './own-value.ts';

/**
 * What an element sees of binary memory, and what it pins of it, on average: its own views and those one step below. `null`
 * where there are none. Each buffer is counted once however many elements share it, and the pool from which Node cuts small
 * buffers not at all: that is given up with the last of them.
 */
export function viewedBytes(
  elements: readonly object[],
  types: typeof utilModule.types,
): { viewBytes: number; bufferBytes: number } | null {
  const buffers = new Set<object>();
  const poolBytes = ownValue(Buffer, 'poolSize');
  let viewBytes = 0;
  let bufferBytes = 0;
  for (const element of elements.slice(0, ELEMENTS_LOOKED_AT)) {
    if (types.isProxy(element)) continue;
    for (const view of viewsOf(element)) {
      const buffer = bufferOf(view, types);
      if (buffer === null) continue;
      const size = Reflect.apply(bufferByteLength, buffer, []);
      if (typeof poolBytes === 'number' && Math.abs(size - poolBytes) <= POOL_PADDING_BYTES) continue;
      viewBytes += lengthOf(view, types);
      if (buffers.has(buffer)) continue;
      buffers.add(buffer);
      bufferBytes += size;
    }
  }
  const looked = Math.min(elements.length, ELEMENTS_LOOKED_AT);
  return buffers.size === 0 ? null : { viewBytes: viewBytes / looked, bufferBytes: bufferBytes / looked };
}

const ELEMENTS_LOOKED_AT = 8;
const PROPERTIES_LOOKED_AT = 32;
/** Node 26 makes its pool of 65,536 bytes 65,600 long. */
const POOL_PADDING_BYTES = 64;

function viewsOf(element: object): ArrayBufferView[] {
  if (ArrayBuffer.isView(element)) return [element];
  if (typeof element === 'function' || Array.isArray(element) || element === globalThis) return [];
  const views: ArrayBufferView[] = [];
  for (const key of Reflect.ownKeys(element).slice(0, PROPERTIES_LOOKED_AT)) {
    const value = ownValue(element, key);
    if (ArrayBuffer.isView(value)) views.push(value);
  }
  return views;
}

/** `null` for shared memory, which is not the isolate's own. */
function bufferOf(view: ArrayBufferView, types: typeof utilModule.types): object | null {
  const buffer: unknown = Reflect.apply(types.isDataView(view) ? dataViewBuffer : typedArrayBuffer, view, []);
  return types.isArrayBuffer(buffer) ? buffer : null;
}

/** By the getters of the engine: a class of the program's may have its own. */
function lengthOf(view: ArrayBufferView, types: typeof utilModule.types): number {
  try {
    return Reflect.apply(types.isDataView(view) ? dataViewLength : typedArrayLength, view, []);
  } catch {
    // A view whose buffer was given away or has shrunk below it sees nothing any more.
    return 0;
  }
}

type Getter<Value> = (this: object) => Value;

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayBuffer = getterOf<unknown>(typedArrayPrototype, 'buffer');
const typedArrayLength = getterOf<number>(typedArrayPrototype, 'byteLength');
const dataViewBuffer = getterOf<unknown>(DataView.prototype, 'buffer');
const dataViewLength = getterOf<number>(DataView.prototype, 'byteLength');
const bufferByteLength = getterOf<number>(ArrayBuffer.prototype, 'byteLength');

function getterOf<Value>(prototype: object, name: string): Getter<Value> {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter<Value>;
}
