import type { Declared } from './declared.ts';
import { referencesTo } from './references.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, keyName, type NodePath } from './syntax.ts';

/** A place in the text that takes something out of a container, or empties it. */
export type RemovalSite = {
  readonly script: Script;
  readonly node: AnyNode;
  readonly path: NodePath;
  /** In a reader's words: `sessions.delete`. */
  readonly words: string;
};

/** Where the text removes from a container; for a timer, where it is cleared. Empty: nothing in the known scripts does. */
export async function removalSitesOf(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<RemovalSite[]> {
  const references = await referencesTo(target, scripts, known);
  return (
    references
      // `this.sessions = {}` in a constructor of the old kind is where it begins.
      .filter(({ path }) => path[path.length - 1] !== target.node)
      .map(({ script, path }) => {
        const words = removalWords(path, target.name);
        return words === null ? null : { script, node: path[path.length - 1], path, words };
      })
      .filter((site) => site !== null)
  );
}

const REMOVING_METHODS: ReadonlySet<string> = new Set([
  'delete',
  'clear',
  'splice',
  'shift',
  'pop',
  'off',
  'removeListener',
  'removeAllListeners',
  'removeEventListener',
]);
const CLEARING_CALLS: ReadonlySet<string> = new Set(['clearInterval', 'clearTimeout', 'clearImmediate']);

function removalWords(path: NodePath, name: string): string | null {
  const node = path[path.length - 1];
  const parent = path[path.length - 2];
  const use = path[path.length - 3];
  if (parent === undefined) return null;

  if (parent.type === 'CallExpression' && parent.arguments.includes(node as never)) {
    const callee = parent.callee.type === 'MemberExpression' ? parent.callee.property : parent.callee;
    return callee.type === 'Identifier' && CLEARING_CALLS.has(callee.name) ? `${callee.name}(${name})` : null;
  }
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const key = keyName(parent.property, parent.computed);
    if (
      use?.type === 'CallExpression' &&
      use.callee === parent &&
      key !== undefined &&
      REMOVING_METHODS.has(key)
    ) {
      return `${name}.${key}`;
    }
    // What is named is an AbortController, what is listened to its signal.
    const call = path[path.length - 4];
    if (key === 'signal' && use?.type === 'MemberExpression' && call?.type === 'CallExpression') {
      const method = keyName(use.property, use.computed);
      return method === 'removeEventListener' ? `${name}.signal.${method}` : null;
    }
    if (use?.type === 'UnaryExpression' && use.operator === 'delete') return `delete ${name}[…]`;
    if (use?.type === 'AssignmentExpression' && use.left === parent && key === 'length')
      return `${name}.length =`;
    return null;
  }
  // Replaced as a whole: `queue = []`, `this.history = this.history.slice(-100)`. Where it is declared that is no
  // removal but the beginning, and in a constructor neither.
  if (parent.type === 'AssignmentExpression' && parent.left === node && !isInConstructor(path)) {
    return `${name} =`;
  }
  return null;
}

function isInConstructor(path: NodePath): boolean {
  return path.some((node) => node.type === 'MethodDefinition' && node.kind === 'constructor');
}
