import { type Binding, bindingsOf } from './scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath } from './syntax.ts';

/** The binding of a name on a path, in the scope that V8 describes with these words (`Closure (onConnection)`, `Module`). */
export function bindingInScope(path: NodePath, name: string, scope: string): Binding | undefined {
  let first: Binding | undefined;
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const binding = bindingsOf(path[index]).get(name);
    if (binding === undefined) continue;
    first ??= binding;
    if (isScope(path, index, scope)) return binding;
  }
  // V8 may describe a scope in words this does not know.
  return first;
}

/** Whether V8 describes the scope of the node at the index with these words. */
function isScope(path: NodePath, index: number, words: string): boolean {
  const node = path[index];
  // A function's parameters and its body are one scope to V8.
  const ofFunction =
    isFunction(node) || (node.type === 'BlockStatement' && isFunction(path[index - 1] ?? node));
  const [, kind, name] = /^(\w+)(?: \((.+)\))?$/.exec(words) ?? [];
  if (kind === 'Module' || kind === 'Script') return node.type === 'Program';
  // V8 names a block's scope after the nearest function that has a context, which need not be the block's.
  if (kind === 'Block') return !ofFunction && node.type !== 'Program';
  if (name !== undefined)
    return ofFunction && functionNamed(path, isFunction(node) ? index : index - 1, name);
  // The closure of a CommonJS file is a function that is not in the text.
  return ofFunction || node.type === 'Program';
}

/** Whether the function at the index is one V8 calls by this name. */
export function functionNamed(path: NodePath, index: number, name: string): boolean {
  const node = path[index] as AnyNode | undefined;
  if (node === undefined || !isFunction(node)) return false;
  if (node.id) return node.id.name === name;
  const parent = path[index - 1];
  if (parent?.type === 'VariableDeclarator')
    return parent.id.type === 'Identifier' && parent.id.name === name;
  if (parent?.type === 'Property' || parent?.type === 'MethodDefinition') {
    return keyName(parent.key, parent.computed) === name;
  }
  if (parent?.type === 'AssignmentExpression') {
    const target = parent.left.type === 'MemberExpression' ? parent.left.property : parent.left;
    return target.type === 'Identifier' && target.name === name;
  }
  return false;
}
