import { type AnyNode, type Options, type Program, parse } from 'acorn';

export type { AnyNode, Program } from 'acorn';

/** From the program down to one node, each the parent of the next. */
export type NodePath = readonly AnyNode[];

/**
 * The syntax tree of a script, or `null` if it is no JavaScript (a loader compiled it on the fly, or it is newer
 * than the parser). About 1 s for 5 MB.
 */
export function parseScript(code: string): Program | null {
  // Whether a script is a module stands nowhere in it. Modules first: they are the stricter reading, so what parses
  // as one means the same, and what does not (`with`, `await` as a name, `return` at the top) is a script.
  return (
    tryParse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }) ??
    tryParse(code, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowHashBang: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: false,
    })
  );
}

function tryParse(code: string, options: Options): Program | null {
  try {
    return parse(code, options);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The nodes that contain the offset, from the program to the innermost. Costs the width of the tree on the way only. */
export function pathAt(program: Program, offset: number): NodePath {
  const path: AnyNode[] = [program];
  for (;;) {
    const next = childrenOf(path[path.length - 1]).find(
      (child) => child.start <= offset && offset < child.end,
    );
    if (next === undefined) return path;
    path.push(next);
  }
}

/** The way to a node that is known to be in the tree. */
export function pathTo(program: Program, node: AnyNode): NodePath {
  const path: AnyNode[] = [program];
  while (path[path.length - 1] !== node) {
    const next = childrenOf(path[path.length - 1]).find(
      (child) => child === node || (child.start <= node.start && node.end <= child.end),
    );
    if (next === undefined) return path;
    path.push(next);
  }
  return path;
}

/**
 * Calls `visit` with every node below (and with) `root`, parents first. The path is one array that is reused: copy
 * it to keep it. What `enter` refuses is visited, but not looked into.
 */
// Iterative: minified bundles nest comma and ternary expressions deeper than the stack.
export function walk(
  root: AnyNode,
  visit: (node: AnyNode, path: NodePath) => void,
  enter: (node: AnyNode) => boolean = () => true,
): void {
  const path: AnyNode[] = [];
  const pending: { readonly node: AnyNode; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    path.length = next.depth;
    path.push(next.node);
    visit(next.node, path);
    if (!enter(next.node)) continue;
    const children = childrenOf(next.node);
    for (let index = children.length - 1; index >= 0; index -= 1) {
      pending.push({ node: children[index], depth: next.depth + 1 });
    }
  }
}

/** In source order, but for shorthand properties, whose key and value are the same place. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) children.push(item);
    } else if (isNode(value)) {
      children.push(value);
    }
  }
  return children;
}

export function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
export type ClassNode = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>;

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

export function isClass(node: AnyNode): node is ClassNode {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
}

/** The name a key or a member access has in the source: `a.b`, `a['b']`, `{ b: … }`, `#b`; `undefined` if computed. */
export function keyName(key: AnyNode, computed: boolean): string | undefined {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Identifier') return computed ? undefined : key.name;
  if (key.type === 'Literal') return String(key.value);
  return undefined;
}

/** A name after a dot or in front of a colon is no variable; the name of `{ name }` is both. */
export function isPropertyName(node: AnyNode, path: NodePath): boolean {
  const parent = path[path.length - 2];
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.property === node && !parent.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.key === node && !parent.computed && parent.value !== node;
    default:
      return false;
  }
}
