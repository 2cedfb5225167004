import { declaredBy } from './declarations.ts';
import { type FunctionAt, walkOwn } from './function-at.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isClass, isFunction, keyName, pathTo, walk } from './syntax.ts';

/**
 * The functions that a function's own text calls, each once: variables are followed to their declarations, also into other
 * files; of a method on what nobody can tell from the text, all of that name in the function's file.
 */
export async function functionsCalled(fn: FunctionAt, scripts: Scripts): Promise<FunctionAt[]> {
  const calls: { readonly callee: AnyNode; readonly path: AnyNode[] }[] = [];
  walkOwn(fn, (node, path) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression')
      calls.push({ callee: node.callee, path: [...path, node.callee] });
  });
  const called = new Map<AnyNode, FunctionAt>();
  for (const { callee, path } of calls) {
    const value = (await declaredBy(scripts, fn.script, path))?.value ?? null;
    const found =
      value !== null
        ? functionOf(value.script, value.node)
        : callee.type === 'MemberExpression'
          ? methodsNamed(fn.script, keyName(callee.property, callee.computed))
          : [];
    for (const one of found) called.set(one.node, one);
  }
  return [...called.values()];
}

/** The function itself, or the constructor of a class. */
function functionOf(script: Script, node: AnyNode): FunctionAt[] {
  if (isFunction(node)) return at(script, node);
  if (!isClass(node)) return [];
  return node.body.body.flatMap((member) =>
    member.type === 'MethodDefinition' && member.kind === 'constructor' ? at(script, member.value) : [],
  );
}

function methodsNamed(script: Script, name: string | undefined): FunctionAt[] {
  if (name === undefined || script.program === null) return [];
  const found: AnyNode[] = [];
  walk(script.program, (node) => {
    if (node.type !== 'MethodDefinition' && node.type !== 'Property' && node.type !== 'PropertyDefinition')
      return;
    if (node.value && isFunction(node.value) && keyName(node.key, node.computed) === name)
      found.push(node.value);
  });
  return found.flatMap((node) => at(script, node));
}

function at(script: Script, node: AnyNode): FunctionAt[] {
  return script.program === null || !isFunction(node)
    ? []
    : [{ script, node, path: pathTo(script.program, node) }];
}
