import type { Declared } from './declared.ts';
import { declaredBy } from './declarations.ts';
import type { RemovalSite } from './removal-sites.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isFunction, keyName, type NodePath, walk } from './syntax.ts';

/** A place in the text that makes a chain longer. */
export type ChainSite = {
  readonly script: Script;
  readonly node: AnyNode;
};

/**
 * Where the text adds to a chain whose nodes lead to each other by `link`: `newest.next = change` where it grows at its
 * tail, `head = { …, next: head }` where it grows at its head. No trap can be set on either, so the text is all there is.
 *
 * The holder's own script is asked first, then the others. Unlinking (`before.next = node.next`, `node.next = null`)
 * is no addition. `null` if nothing in the scripts does it.
 */
export async function chainSiteOf(
  holder: Declared,
  link: string,
  scripts: Scripts,
  known: readonly Script[],
): Promise<ChainSite | null> {
  for (const script of new Set([holder.script, ...known])) {
    const linked = linkedIn(script, link);
    if (linked !== null) return linked;
    const replaced = await replacedHead(holder, link, scripts, script);
    if (replaced !== null) return replaced;
  }
  return null;
}

/** Whether an assignment to the holder takes from the chain: `head = head.next`, `head = null`. Another makes it longer. */
export function shortensChain({ path }: RemovalSite, link: string): boolean {
  const parent = path[path.length - 2];
  if (parent?.type !== 'AssignmentExpression') return true;
  return parent.right.type === 'Literal' || leadsOn(parent.right, link);
}

function linkedIn(script: Script, link: string): ChainSite | null {
  let found: AnyNode | null = null;
  eachAssignment(script, (node, path) => {
    if (found !== null || node.left.type !== 'MemberExpression' || !path.some(isFunction)) return;
    if (keyName(node.left.property, node.left.computed) !== link) return;
    if (node.right.type === 'Identifier' && node.right.name === 'undefined') return;
    const adds = node.right.type !== 'Literal' && !leadsOn(node.right, link) && !isMadeHere(node, path);
    if (adds) found = node.left;
  });
  return found === null ? null : { script, node: found };
}

/** `this.next = next` where a node is made: every node passes there, however long it stays. */
function isMadeHere(node: Assignment, path: NodePath): boolean {
  return (
    node.left.type === 'MemberExpression' &&
    node.left.object.type === 'ThisExpression' &&
    path.some((outer) => outer.type === 'MethodDefinition' && outer.kind === 'constructor')
  );
}

/** `node.next`, the way along the chain that is there already. */
function leadsOn(node: AnyNode, link: string): boolean {
  return node.type === 'MemberExpression' && keyName(node.property, node.computed) === link;
}

async function replacedHead(
  holder: Declared,
  link: string,
  scripts: Scripts,
  script: Script,
): Promise<ChainSite | null> {
  const candidates: { readonly left: AnyNode; readonly path: NodePath }[] = [];
  eachAssignment(script, (node, path) => {
    const { left, right } = node;
    const key = left.type === 'MemberExpression' ? keyName(left.property, left.computed) : nameOf(left);
    if (key !== holder.key || !path.some(isFunction)) return;
    // `head = head.next` takes one out.
    if (right.type === 'Literal' || leadsOn(right, link)) return;
    candidates.push({ left, path: [...path, left] });
  });
  for (const { left, path } of candidates) {
    const declared = await declaredBy(scripts, script, path);
    const isHolder =
      declared?.node === holder.node || (declared === null && left.type === 'MemberExpression');
    if (isHolder) return { script, node: left };
  }
  return null;
}

function nameOf(node: AnyNode): string | undefined {
  return node.type === 'Identifier' ? node.name : undefined;
}

type Assignment = Extract<AnyNode, { type: 'AssignmentExpression' }>;

function eachAssignment(script: Script, visit: (node: Assignment, path: NodePath) => void): void {
  if (script.program === null) return;
  walk(script.program, (node, path) => {
    if (node.type === 'AssignmentExpression') visit(node, [...path]);
  });
}
