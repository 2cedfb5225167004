import type { ScriptLocation } from '../../core/location.ts';
import type { Declared, Value } from './declared.ts';
import { functionPathAt } from './function-place.ts';
import { assignedInBody, assignedInClass, property, propertyOfLiteral } from './made-properties.ts';
import { moduleAssignments } from './module-assignments.ts';
import { isWrapper, wrapperFunction } from './module-wrapper.ts';
import { originalName } from './original-position.ts';
import { resolveScript } from './resolve-script.ts';
import { bindingInScope } from './scope-words.ts';
import type { Script, Scripts } from './script.ts';
import { type Binding, bindingsOf, findBinding, onlyBinding } from './scopes.ts';
import {
  type AnyNode,
  type ClassNode,
  isClass,
  isFunction,
  keyName,
  type NodePath,
  pathTo,
  walk,
} from './syntax.ts';

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
  const path = functionPathAt(script, location);
  if (path === null) {
    const only = onlyBinding(script.program, name);
    return only === null ? null : declaredBinding(scripts, script, only);
  }
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
  const path = script === null ? null : functionPathAt(script, location);
  if (script === null || path === null) return null;
  // A constructor is in its class; without one, V8 says where the class begins.
  const owner = path.findLast(isClass);
  if (owner !== undefined) return declaredMember(scripts, script, owner, key);
  const constructor = path.findLast(isFunction);
  return constructor === undefined ? null : assignedInBody(script, constructor, key);
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
    isStatic: false,
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

function moduleItself(value: Value): Declared {
  return {
    kind: 'exports',
    key: 'exports',
    name: 'exports',
    script: value.script,
    node: value.node,
    value,
    moduleLevel: true,
    isStatic: false,
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
        isStatic: false,
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
          isStatic: false,
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
