import type { ScriptLocation } from '../../core/location.ts';
import { functionNamed } from './scope-words.ts';
import { functionOffsetAt, offsetAt, type Script } from './script.ts';
import { type AnyNode, isClass, isFunction, type NodePath, pathAt, walk } from './syntax.ts';

/**
 * The path to the place at which V8 puts a function, which is within it, or within its class where that has no constructor. Where the place is
 * one of another text and nothing leads back, the function is known by its name if it is the only one of that name; `null` if it is not.
 */
export function functionPathAt(
  script: Script,
  { line, column, function: name }: ScriptLocation,
): NodePath | null {
  if (script.program === null) return null;
  const offset = functionOffsetAt(script, line, column);
  return offset === null ? pathToOnly(script.program, name) : pathAt(script.program, offset);
}

/** Where a frame of a stack stands, which may be known by its function alone. `null` if not even that is. */
export function placeOfFrame(
  script: Script,
  { line, column, function: name }: ScriptLocation,
): { readonly offset: number; readonly isExact: boolean } | null {
  const offset = offsetAt(script, line, column);
  if (offset !== null) return { offset, isExact: true };
  const node = script.program === null ? undefined : pathToOnly(script.program, name)?.at(-1);
  return node === undefined ? null : { offset: node.start, isExact: false };
}

/** To the one function or class that V8 calls by this name. */
function pathToOnly(program: AnyNode, name: string | null): NodePath | null {
  // `Journal.record` and `async record` of stacks, `get size`.
  const last = name?.replace(/^.*[.\s]/, '') ?? '';
  if (last === '') return null;
  const found: NodePath[] = [];
  walk(program, (node, path) => {
    const isIt = isClass(node)
      ? node.id?.name === last
      : isFunction(node) && functionNamed(path, path.length - 1, last);
    if (isIt) found.push([...path]);
  });
  return found.length === 1 ? found[0] : null;
}
