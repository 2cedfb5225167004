import type { ScriptLocation } from '../core/location.ts';
import { originalName } from './original-position.ts';
import { decodeUrlPath, offsetAt, type Script, type Scripts } from './script.ts';
import { type Binding, bindingsOf, findBinding } from './scopes.ts';
import {
  type AnyNode,
  type ClassNode,
  childrenOf,
  isClass,
  isFunction,
  keyName,
  type NodePath,
  pathAt,
  pathTo,
  walk,
} from './syntax.ts';

/** What the source says about a variable, a property or a module's exports: where it is declared, and as what. */
export type Declared = {
  readonly kind: 'variable' | 'property' | 'exports';
  /** The name in the script that runs; what a minifier left of it. */
  readonly key: string;
  /** The name the developer gave it. */
  readonly name: string;
  readonly script: Script;
  /** Where the name stands: its declaration, the key in an object literal, the `this.name = …`. */
  readonly node: AnyNode;
  readonly value: Value | null;
  /** There is one of it for each time the file is loaded: a module's variable, a static member, an export. */
  readonly moduleLevel: boolean;
  /** Found by its name only, nothing on the way said that it is this one. */
  readonly guessed: boolean;
};

/** An expression that makes a value. With `module`, what the file or the bundler's wrapper function `node` exports. */
export type Value = { readonly script: Script; readonly node: AnyNode; readonly module: boolean };

/**
 * The variable a function captures, by the name in its scopes.
 *
 * `location` is where V8 says the function begins: its parameter list, or the class for a class without a
 * constructor. `scope` as V8 describes it (`Closure (onConnection)`, `Module`) tells shadowed names apart.
 */
export async function declaredVariable(
  scripts: Scripts,
  location: ScriptLocation,
  name: string,
  scope: string,
): Promise<Declared | null> {
  const script = await scripts.find(location.url);
  if (script?.program == null) return null;
  const path = pathAt(script.program, offsetAt(script, location.line, location.column));
  // A function's own variables are none of its scopes: the names are looked up from outside of it.
  const own = path.findLastIndex((node) => isFunction(node) || isClass(node));
  const around = own <= 0 ? path : path.slice(0, own);
  const binding =
    bindingInScope(around, name, scope) ?? findBinding(path, name) ?? bindingsOf(script.program).get(name);
  return binding === undefined ? null : declaredBinding(scripts, script, binding);
}

/** What a CommonJS file exports as a whole: the variable if `module.exports = bus` names one. */
export async function declaredExports(scripts: Scripts, file: string): Promise<Declared | null> {
  const script = await scripts.find(file);
  if (script?.program == null) return null;
  return exportsOf(scripts, { script, node: script.program, module: true });
}

/** The variable or property an expression names: `sessions`, `this.inFlight`, `store.drafts`. */
export async function declaredBy(scripts: Scripts, script: Script, path: NodePath): Promise<Declared | null> {
  const node = path[path.length - 1];
  if (node?.type === 'Identifier') {
    const binding = findBinding(path, node.name);
    return binding === undefined ? null : declaredBinding(scripts, script, binding);
  }
  if (node?.type !== 'MemberExpression') return null;
  const key = keyName(node.property, node.computed);
  if (key === undefined) return null;
  if (node.object.type === 'ThisExpression') {
    const owner = path.findLast(isClass);
    return owner === undefined ? null : declaredMember(scripts, script, owner, key);
  }
  const object = await declaredBy(scripts, script, [...path, node.object]);
  return object?.value == null ? null : declaredProperty(scripts, object.value, key);
}

/** A property of a value, looked for where the value is made. */
export async function declaredProperty(
  scripts: Scripts,
  value: Value,
  key: string,
): Promise<Declared | null> {
  for (const made of await makersOf(scripts, value)) {
    const found = made.module
      ? await exportedName(scripts, made, key)
      : made.node.type === 'ObjectExpression'
        ? propertyOfLiteral(made.script, made.node, key)
        : isClass(made.node)
          ? await declaredMember(scripts, made.script, made.node, key)
          : isFunction(made.node)
            ? assignedInBody(made.script, made.node, key)
            : null;
    if (found !== null) return found;
  }
  return null;
}

/** A member of the class whose constructor V8 puts at this place. */
export async function declaredMemberAt(
  scripts: Scripts,
  location: ScriptLocation,
  key: string,
): Promise<Declared | null> {
  const script = await scripts.find(location.url);
  if (script?.program == null) return null;
  const offset = offsetAt(script, location.line, location.column);
  const path = pathAt(script.program, offset);
  // A constructor is in its class; without one, V8 says where the class begins.
  const owner = path.findLast(isClass);
  if (owner !== undefined) return declaredMember(scripts, script, owner, key);
  const constructor = path.findLast(isFunction);
  return constructor === undefined ? null : assignedInBody(script, constructor, key);
}

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

function bindingInScope(path: NodePath, name: string, scope: string): Binding | undefined {
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
function functionNamed(path: NodePath, index: number, name: string): boolean {
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

async function declaredBinding(
  scripts: Scripts,
  script: Script,
  binding: Binding,
  depth = 0,
): Promise<Declared> {
  const origin = depth > 8 ? null : await originOf(scripts, script, binding);
  if (origin !== null) return origin;
  return {
    kind: 'variable',
    key: binding.name,
    name: originalName(script, binding.identifier.start, binding.name),
    script,
    node: binding.identifier,
    value: binding.value === null ? null : { script, node: binding.value, module: false },
    moduleLevel: binding.scope.type === 'Program' || isWrapper(script, binding.scope),
    guessed: false,
  };
}

/** What a variable stands for that only names something of another file: `import`, `require`. */
async function originOf(scripts: Scripts, script: Script, binding: Binding): Promise<Declared | null> {
  const { declaration } = binding;
  if (binding.kind === 'import') {
    const statement = script.program?.body.find(
      (node) => node.type === 'ImportDeclaration' && node.specifiers.includes(declaration as never),
    );
    if (statement?.type !== 'ImportDeclaration' || typeof statement.source.value !== 'string') return null;
    const target = await resolveScript(scripts, script, statement.source.value);
    if (target === null) return null;
    if (declaration.type === 'ImportSpecifier') {
      const imported = keyName(declaration.imported, false) ?? binding.name;
      return exportedName(scripts, target, imported);
    }
    if (declaration.type === 'ImportDefaultSpecifier') {
      return (await exportedName(scripts, target, 'default')) ?? (await exportsOf(scripts, target));
    }
    return moduleItself(target);
  }
  if (declaration.type !== 'VariableDeclarator' || !declaration.init) return null;
  const required = await requiredModule(scripts, script, declaration.init);
  if (required === null) return null;
  if (declaration.id.type === 'ObjectPattern') {
    for (const property of declaration.id.properties) {
      if (property.type !== 'Property') continue;
      const local = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
      if (local !== binding.identifier) continue;
      const key = keyName(property.key, property.computed);
      return key === undefined ? null : exportedName(scripts, required, key);
    }
    return null;
  }
  return exportsOf(scripts, required);
}

/** The module behind `require('./bus')`, or behind `require_bus()` where a bundler wrapped it. */
async function requiredModule(scripts: Scripts, script: Script, init: AnyNode): Promise<Value | null> {
  if (init.type === 'MemberExpression') {
    const key = keyName(init.property, init.computed);
    const module = await requiredModule(scripts, script, init.object);
    if (module === null || key === undefined) return null;
    return (await exportedName(scripts, module, key))?.value ?? null;
  }
  if (init.type !== 'CallExpression' || init.callee.type !== 'Identifier' || script.program === null)
    return null;
  const [argument] = init.arguments;
  // `__toESM(require_bus())`: what interop helpers are passed is what they give.
  if (argument?.type === 'CallExpression') return requiredModule(scripts, script, argument);
  if (init.callee.name === 'require') {
    return argument?.type === 'Literal' && typeof argument.value === 'string'
      ? resolveScript(scripts, script, argument.value)
      : null;
  }
  if (init.arguments.length > 0) return null;
  const wrapper = findBinding(pathTo(script.program, init), init.callee.name)?.value;
  if (wrapper?.type !== 'CallExpression') return null;
  const body = wrapperFunction(wrapper);
  return body === null ? null : { script, node: body, module: true };
}

/** The function of `__commonJS({ "src/bus.js"(exports, module) { … } })` or `f((exports, module) => { … })`. */
function wrapperFunction(call: Extract<AnyNode, { type: 'CallExpression' }>): AnyNode | null {
  const [argument] = call.arguments;
  if (argument === undefined) return null;
  if (isFunction(argument)) return argument;
  if (argument.type !== 'ObjectExpression') return null;
  const [property] = argument.properties;
  return property?.type === 'Property' && isFunction(property.value) ? property.value : null;
}

/** Whether a function is a bundler's wrapper of a file: its variables are that file's own. */
function isWrapper(script: Script, scope: AnyNode): boolean {
  if (!isFunction(scope) && scope.type !== 'BlockStatement') return false;
  if (script.program === null) return false;
  const path = pathTo(script.program, scope);
  const index = path.findLastIndex(isFunction);
  // A block deeper in the function is a scope of its own.
  if (scope.type === 'BlockStatement' && path[path.length - 2] !== path[index]) return false;
  const outer = path.slice(0, index);
  if (outer.some(isFunction)) return false;
  const call = outer.findLast((node) => node.type === 'CallExpression');
  if (call === undefined) return false;
  // (function () { … })(): the whole file in a function that runs once.
  if (call.callee === path[index]) return path.length <= index + 2 && isTopStatement(script.program, call);
  return wrapperFunction(call) === path[index] && outer.some((node) => node.type === 'VariableDeclarator');
}

function isTopStatement(program: AnyNode, node: AnyNode): boolean {
  return (
    program.type === 'Program' &&
    program.body.some(
      (statement) =>
        statement.type === 'ExpressionStatement' &&
        (statement.expression === node ||
          (statement.expression.type === 'UnaryExpression' && statement.expression.argument === node)),
    )
  );
}

/** The script a relative specifier names. Bare ones (`express`) need the file system to be resolved, and are not. */
async function resolveScript(scripts: Scripts, from: Script, specifier: string): Promise<Value | null> {
  if (!/^\.{1,2}(?:\/|$)|^\/|^file:/.test(specifier)) return null;
  const base = from.url.startsWith('file://') ? decodeUrlPath(from.url) : from.url;
  const path = specifier.startsWith('file:') ? decodeUrlPath(specifier) : join(base, specifier);
  // Those with an extension of their own first, so that a reader is not asked for folders.
  const candidates = /\.[cm]?[jt]s$/.test(path)
    ? [path]
    : [`${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}.ts`, `${path}/index.js`, path];
  for (const candidate of candidates) {
    const script = await scripts.find(candidate);
    if (script?.program != null) return { script, node: script.program, module: true };
  }
  return null;
}

function join(base: string, specifier: string): string {
  if (specifier.startsWith('/')) return specifier;
  const parts = base.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function moduleItself(value: Value): Declared {
  return {
    kind: 'exports',
    key: 'exports',
    name: 'exports',
    script: value.script,
    node: value.node,
    value,
    moduleLevel: true,
    guessed: false,
  };
}

/** `module.exports = …` or `export default …` of a module as a whole. */
async function exportsOf(scripts: Scripts, module: Value): Promise<Declared> {
  const assigned = moduleAssignments(module).find((assignment) => assignment.key === null);
  if (assigned === undefined) return moduleItself(module);
  const named = await declaredByName(scripts, module.script, assigned.value);
  if (named !== null) return named;
  return {
    ...moduleItself(module),
    name: 'module.exports',
    node: assigned.node,
    // Later `module.exports.LANGS = …` belong to it as well, so the module stays the value unless it is a plain one.
    value:
      assigned.value.type === 'ObjectExpression' || isFunction(assigned.value)
        ? module
        : { script: module.script, node: assigned.value, module: false },
  };
}

/** One exported name: `exports.pages = …`, `module.exports = { pages }`, `export const pages`, `export { p as pages }`. */
async function exportedName(scripts: Scripts, module: Value, key: string): Promise<Declared | null> {
  const { script } = module;
  const assignments = moduleAssignments(module);
  // The last one counts: TypeScript writes `exports.pages = void 0` first.
  const assigned = assignments.findLast((assignment) => assignment.key === key);
  if (assigned !== undefined) {
    return (
      (await declaredByName(scripts, script, assigned.value)) ?? {
        kind: 'property',
        key,
        name: key,
        script,
        node: assigned.node,
        value: { script, node: assigned.value, module: false },
        moduleLevel: true,
        guessed: false,
      }
    );
  }
  const whole = assignments.find((assignment) => assignment.key === null);
  if (whole !== undefined) {
    const found = await declaredProperty(scripts, { script, node: whole.value, module: false }, key);
    if (found === null) return null;
    const named = found.value === null ? null : await declaredByName(scripts, script, found.value.node);
    return named ?? { ...found, moduleLevel: true };
  }
  return module.node.type === 'Program' ? exportStatement(scripts, script, module.node, key) : null;
}

async function exportStatement(
  scripts: Scripts,
  script: Script,
  program: Extract<AnyNode, { type: 'Program' }>,
  key: string,
): Promise<Declared | null> {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration' && key === 'default') {
      const named = await declaredByName(scripts, script, statement.declaration);
      return (
        named ?? {
          kind: 'exports',
          key,
          name: 'default export',
          script,
          node: statement,
          value: { script, node: statement.declaration, module: false },
          moduleLevel: true,
          guessed: false,
        }
      );
    }
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const specifier of statement.specifiers) {
      if (keyName(specifier.exported, false) !== key) continue;
      const local = keyName(specifier.local, false) ?? key;
      if (typeof statement.source?.value === 'string') {
        const target = await resolveScript(scripts, script, statement.source.value);
        return target === null ? null : exportedName(scripts, target, local);
      }
      const binding = bindingsOf(program).get(local);
      return binding === undefined ? null : declaredBinding(scripts, script, binding);
    }
  }
  // `export const pages = …`: the name is a variable of the module.
  const binding = bindingsOf(program).get(key);
  return binding === undefined || binding.kind === 'import'
    ? null
    : declaredBinding(scripts, script, binding);
}

type ModuleAssignment = { readonly key: string | null; readonly node: AnyNode; readonly value: AnyNode };

/** `module.exports = V` (key `null`), `exports.K = V`, `module.exports.K = V` wherever they stand in a module. */
function moduleAssignments(module: Value): ModuleAssignment[] {
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

/** `V` of `exports = module.exports = V`. */
function innermostRight(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): AnyNode {
  let value: AnyNode = node.right;
  while (value.type === 'AssignmentExpression') value = value.right;
  return value;
}

async function declaredByName(scripts: Scripts, script: Script, node: AnyNode): Promise<Declared | null> {
  if ((node.type !== 'Identifier' && node.type !== 'MemberExpression') || script.program === null)
    return null;
  return declaredBy(scripts, script, pathTo(script.program, node));
}

/** The expressions in which a value can be made, through variables, calls, `await` and conditions. */
async function makersOf(scripts: Scripts, value: Value, depth = 0): Promise<Value[]> {
  const { script, node } = value;
  if (value.module || depth > 8 || script.program === null) return [value];
  const follow = (next: AnyNode): Promise<Value[]> =>
    makersOf(scripts, { script, node: next, module: false }, depth + 1);
  const followAll = async (nodes: readonly AnyNode[]): Promise<Value[]> =>
    (await Promise.all(nodes.map(follow))).flat();
  switch (node.type) {
    case 'Identifier':
    case 'MemberExpression': {
      const declared = await declaredBy(scripts, script, pathTo(script.program, node));
      return declared?.value == null ? [] : makersOf(scripts, declared.value, depth + 1);
    }
    case 'AwaitExpression':
      return follow(node.argument);
    case 'AssignmentExpression':
      return follow(node.right);
    case 'ConditionalExpression':
      return followAll([node.consequent, node.alternate]);
    case 'LogicalExpression':
      return followAll([node.left, node.right]);
    case 'SequenceExpression':
      return followAll(node.expressions.slice(-1));
    case 'ParenthesizedExpression':
      return follow(node.expression);
    case 'NewExpression':
      // The class, not what it extends: members are looked up through that by the class.
      return node.callee.type === 'Identifier' || node.callee.type === 'MemberExpression'
        ? follow(node.callee)
        : [{ script, node: node.callee, module: false }];
    case 'CallExpression': {
      const required = await requiredModule(scripts, script, node);
      if (required !== null) return [required];
      const [first] = node.arguments;
      // `Object.assign({ … }, defaults)`, `Object.freeze({ … })`, `Object.seal(…)`.
      if (node.callee.type === 'MemberExpression' && node.callee.object.type === 'Identifier') {
        if (node.callee.object.name === 'Object' && first !== undefined) return follow(first);
      }
      const makers = await follow(node.callee);
      const returned = makers.flatMap((maker) =>
        isFunction(maker.node) ? returnedBy(maker.node).map((node) => ({ ...maker, node })) : [],
      );
      return (await Promise.all(returned.map((next) => makersOf(scripts, next, depth + 1)))).flat();
    }
    default:
      return [value];
  }
}

function returnedBy(node: AnyNode): AnyNode[] {
  if (!isFunction(node)) return [];
  if (node.body.type !== 'BlockStatement') return [node.body];
  const returned: AnyNode[] = [];
  walk(
    node.body,
    (inner) => {
      if (inner.type === 'ReturnStatement' && inner.argument) returned.push(inner.argument);
    },
    (inner) => !isFunction(inner),
  );
  return returned;
}

async function declaredMember(
  scripts: Scripts,
  script: Script,
  owner: ClassNode,
  key: string,
  depth = 0,
): Promise<Declared | null> {
  for (const member of owner.body.body) {
    if (member.type !== 'PropertyDefinition' || keyName(member.key, member.computed) !== key) continue;
    return property(script, member.key, key, member.value ?? null, member.static);
  }
  const assigned = assignedInClass(script, owner, key);
  if (assigned !== null) return assigned;
  if (!owner.superClass || depth > 4 || script.program === null) return null;
  const parents = await makersOf(scripts, { script, node: owner.superClass, module: false });
  for (const parent of parents) {
    if (!isClass(parent.node)) continue;
    const found = await declaredMember(scripts, parent.script, parent.node, key, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** `this.key = …` in the constructor, or else in any method; `this` inside other functions is another one. */
function assignedInClass(script: Script, owner: ClassNode, key: string): Declared | null {
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
function assignedInBody(script: Script, node: AnyNode, key: string): Declared | null {
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

function propertyOfLiteral(script: Script, literal: AnyNode, key: string): Declared | null {
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

function property(
  script: Script,
  node: AnyNode,
  key: string,
  value: AnyNode | null,
  isStatic: boolean,
): Declared {
  return {
    kind: 'property',
    key,
    name: key,
    script,
    node,
    value: value === null ? null : { script, node: value, module: false },
    moduleLevel: isStatic,
    guessed: false,
  };
}
