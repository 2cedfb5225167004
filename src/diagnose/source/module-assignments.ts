import type { Value } from './declared.ts';
import { type AnyNode, isFunction, keyName, walk } from './syntax.ts';

/** `module.exports = V` (key `null`), `exports.K = V`, `module.exports.K = V` wherever they stand in a module. */
export function moduleAssignments(module: Value): ModuleAssignment[] {
  const wrapper = isFunction(module.node) ? module.node : null;
  const parameter = (index: number): string | null => {
    const node = wrapper?.params[index];
    return node?.type === 'Identifier' ? node.name : null;
  };
  const exportsName = wrapper === null ? 'exports' : parameter(0);
  const moduleName = wrapper === null ? 'module' : parameter(1);
  const isModuleExports = (node: AnyNode): boolean =>
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === moduleName &&
    keyName(node.property, node.computed) === 'exports';
  const isExports = (node: AnyNode): boolean =>
    (node.type === 'Identifier' && node.name === exportsName) || isModuleExports(node);

  const found: ModuleAssignment[] = [];
  walk(module.node, (node) => {
    if (node.type !== 'AssignmentExpression') return;
    if (isModuleExports(node.left)) {
      found.push({ key: null, node, value: innermostRight(node) });
    } else if (node.left.type === 'MemberExpression' && isExports(node.left.object)) {
      const key = keyName(node.left.property, node.left.computed);
      if (key !== undefined) found.push({ key, node, value: innermostRight(node) });
    }
  });
  return found;
}

export type ModuleAssignment = {
  readonly key: string | null;
  readonly node: AnyNode;
  readonly value: AnyNode;
};

/** `V` of `exports = module.exports = V`. */
function innermostRight(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): AnyNode {
  let value: AnyNode = node.right;
  while (value.type === 'AssignmentExpression') value = value.right;
  return value;
}
