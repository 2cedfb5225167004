import { isObject, isReadable, ownValue } from './own-value.ts';

/**
 * What is Node's own and leads nowhere a reader knows: its modules, what they export and their classes' methods. They are
 * full of lists that come and go, and their functions lead only into more of them.
 */
export function builtinObjects(exports: readonly object[]): Set<object> {
  // Its enumerable properties are roots. Of the others, looking at some is enough to make Node 22 and later load what
  // stands behind them (`FormData`: undici, with two more globals).
  const objects = new Set<object>([globalThis]);
  for (const exported of exports) {
    objects.add(exported);
    for (const value of ownObjects(exported)) {
      objects.add(value);
      const prototype = ownValue(value, 'prototype');
      if (!isObject(prototype)) continue;
      objects.add(prototype);
      for (const method of ownObjects(prototype)) objects.add(method);
    }
  }
  return objects;
}

function ownObjects(object: object): object[] {
  if (!isReadable(object)) return [];
  const values: object[] = [];
  for (const key of Reflect.ownKeys(object)) {
    const value = ownValue(object, key);
    if (isObject(value)) values.push(value);
  }
  return values;
}
