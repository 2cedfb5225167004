import type { AllocationProfile } from '../core/allocations.ts';
import type { Site } from '../core/finding.ts';
import type { ScriptLocation } from '../core/location.ts';
import { functionPathAt } from './source/function-place.ts';
import { originalFrame, originalFrames, originalLocation, packageOf } from './source/original-location.ts';
import { findBinding } from './source/scopes.ts';
import { placeOf, type Script, type ScriptPlace, type Scripts } from './source/script.ts';
import { type AnyNode, type FunctionNode, isFunction, type NodePath, pathAt } from './source/syntax.ts';

/**
 * Where what a container holds came into being: the heaviest stack of sampled allocations that runs through the
 * function that adds to it, and in that stack the innermost function of the program's own.
 *
 * V8 samples know a function, not its line. Where the function that allocates is the one that adds, the text tells
 * the line: that of the expression that is added. Elsewhere it is the line at which the function begins, and the words
 * say so. `null` if no sample runs through the function that adds.
 */
export async function allocatedAt(
  added: ScriptPlace,
  allocations: AllocationProfile | null,
  scripts: Scripts,
  workingDirectory: string,
): Promise<Site | null> {
  const { program } = added.script;
  const adder = program === null ? null : functionOn(added.script, pathAt(program, added.offset));
  if (adder === null) return null;
  for (const { frames } of allocations?.stacks ?? []) {
    const written = frames.filter(({ url }) => url !== '' && !url.startsWith('node:'));
    const within = await innerFrames(written, adder, scripts);
    if (within === null) continue;
    const own = within.find(({ url }) => packageOf(url) === null) ?? within[0];
    if (own === undefined) continue;
    const stack = await originalFrames(written, scripts, workingDirectory);
    const allocator = await functionOf(own, scripts);
    if (allocator === null) continue;
    if (allocator.node === adder.node) {
      const made = placeOf(adder.script, addedExpression(added) ?? adder.node);
      return { location: originalLocation(made, workingDirectory), stack, words: null };
    }
    const location = await originalFrame(own, scripts, workingDirectory);
    if (location === null) continue;
    return { location, stack, words: `somewhere in ${location.function ?? 'this function'}` };
  }
  return null;
}

type FunctionAt = { readonly script: Script; readonly node: FunctionNode };

/** The frames from the innermost out to the function that adds; `null` if the stack does not run through it. */
async function innerFrames(
  frames: readonly ScriptLocation[],
  adder: FunctionAt,
  scripts: Scripts,
): Promise<readonly ScriptLocation[] | null> {
  for (const [index, frame] of frames.entries()) {
    const found = await functionOf(frame, scripts);
    if (found?.script === adder.script && found.node === adder.node) return frames.slice(0, index + 1);
  }
  return null;
}

/** V8 says where a function's parameters begin, which is in the function. */
async function functionOf(frame: ScriptLocation, scripts: Scripts): Promise<FunctionAt | null> {
  const script = await scripts.find(frame.url);
  return script === null ? null : functionOn(script, functionPathAt(script, frame));
}

function functionOn(script: Script, path: NodePath | null): FunctionAt | null {
  const node = path?.findLast(isFunction);
  return node === undefined ? null : { script, node };
}

/**
 * What is added at a place: the last argument of `history.push(made)`, the right side of `drafts[id] = made`; for a
 * name, what it was declared as in the same function. `null` if the text does not say.
 */
function addedExpression({ script, offset }: ScriptPlace): AnyNode | null {
  if (script.program === null) return null;
  const path = pathAt(script.program, offset);
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const node = path[index];
    if (isFunction(node)) return null;
    const made = putIn(node);
    if (made !== undefined) return declaredAs(made, path.slice(0, index + 1));
  }
  return null;
}

function putIn(node: AnyNode): AnyNode | undefined {
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') return node.arguments.at(-1);
  return node.type === 'AssignmentExpression' ? node.right : undefined;
}

function declaredAs(made: AnyNode, path: NodePath): AnyNode {
  if (made.type !== 'Identifier') return made;
  const binding = findBinding(path, made.name);
  if (binding?.value == null || binding.kind === 'parameter') return made;
  const isLocal = path.indexOf(binding.scope) >= path.findLastIndex(isFunction);
  return isLocal ? binding.value : made;
}
