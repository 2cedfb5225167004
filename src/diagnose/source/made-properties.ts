import type { Declared } from './declared.ts';
import { originalPrivateName } from './original-position.ts';
import type { Script } from './script.ts';
import { type AnyNode, type ClassNode, childrenOf, keyName, walk } from './syntax.ts';

/**
 * A property by its name alone, anywhere in a script: where an object literal, a class or an assignment makes it,
 * the ones that make a collection first.
 */
export function guessProperty(script: Script, key: string): Declared | null {
  if (script.program === null) return null;
  let best: Declared | null = null;
  let bestScore = 0;
  walk(script.program, (node) => {
    const found = propertyMadeBy(script, node, key);
    if (found === null) return;
    const score = found.value !== null && isCollection(found.value.node) ? 2 : 1;
    if (score > bestScore) {
      best = { ...found, guessed: true };
      bestScore = score;
    }
  });
  return best;
}

/** Whether an expression makes an empty or filled collection: `[]`, `{}`, `new Map()`, `Object.create(null)`. */
export function isCollection(node: AnyNode): boolean {
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true;
  if (node.type === 'NewExpression') {
    return node.callee.type === 'Identifier' && /^(?:Weak)?(?:Map|Set)$|^Array$/.test(node.callee.name);
  }
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.object.type === 'Identifier' &&
    node.callee.object.name === 'Object' &&
    keyName(node.callee.property, node.callee.computed) === 'create'
  );
}

/** `this.key = …` in the constructor, or else in any method; `this` inside other functions is another one. */
export function assignedInClass(script: Script, owner: ClassNode, key: string): Declared | null {
  const members = [...owner.body.body].sort((a, b) => Number(isConstructor(b)) - Number(isConstructor(a)));
  for (const member of members) {
    const found = assignedToThis(script, member, key);
    if (found !== null) return found;
  }
  return null;
}

function isConstructor(member: AnyNode): boolean {
  return member.type === 'MethodDefinition' && member.kind === 'constructor';
}

/** For functions used as constructors, and for functions that have properties. */
export function assignedInBody(script: Script, node: AnyNode, key: string): Declared | null {
  for (const child of childrenOf(node)) {
    const found = assignedToThis(script, child, key);
    if (found !== null) return found;
  }
  return null;
}

function assignedToThis(script: Script, root: AnyNode, key: string): Declared | null {
  let found: Declared | null = null;
  walk(
    root,
    (node) => {
      if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return;
      if (node.left.object.type !== 'ThisExpression') return;
      if (keyName(node.left.property, node.left.computed) !== key) return;
      found ??= property(script, node.left, key, node.right, false);
    },
    () => found === null,
  );
  return found;
}

export function propertyOfLiteral(script: Script, literal: AnyNode, key: string): Declared | null {
  if (literal.type !== 'ObjectExpression') return null;
  for (const member of literal.properties) {
    if (member.type === 'Property' && keyName(member.key, member.computed) === key) {
      return property(script, member.key, key, member.value, false);
    }
  }
  return null;
}

/** The property a single node makes, if it is the one asked for. */
function propertyMadeBy(script: Script, node: AnyNode, key: string): Declared | null {
  if (node.type === 'ObjectExpression') return propertyOfLiteral(script, node, key);
  if (node.type === 'PropertyDefinition' && keyName(node.key, node.computed) === key) {
    return property(script, node.key, key, node.value ?? null, node.static);
  }
  if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
    if (keyName(node.left.property, node.left.computed) !== key) return null;
    return property(script, node.left, key, node.right, false);
  }
  return null;
}

export function property(
  script: Script,
  node: AnyNode,
  key: string,
  value: AnyNode | null,
  isStatic: boolean,
): Declared {
  return {
    kind: 'property',
    key,
    name: node.type === 'PrivateIdentifier' ? originalPrivateName(script, node.start, key) : key,
    script,
    node,
    value: value === null ? null : { script, node: value, module: false },
    moduleLevel: isStatic,
    isStatic,
    guessed: false,
  };
}
