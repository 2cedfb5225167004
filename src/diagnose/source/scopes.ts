import { type AnyNode, childrenOf, isClass, isFunction, type NodePath, walk } from './syntax.ts';

/** A variable: where it is declared and what it starts as. */
export type Binding = {
  readonly name: string;
  readonly kind: 'var' | 'let' | 'const' | 'function' | 'class' | 'parameter' | 'import' | 'catch';
  /** The name at its declaration. */
  readonly identifier: AnyNode;
  /** What it is declared as: an initializer, or the function or class itself. `null` if that is not in the text. */
  readonly value: AnyNode | null;
  /** The whole declaration, for imports the specifier. */
  readonly declaration: AnyNode;
  /** The node whose scope it belongs to: the program, a function, a block, a loop, a class. */
  readonly scope: AnyNode;
};

/**
 * The variable a name means at the end of the path, looking outwards; `undefined` if it is declared nowhere (a
 * global).
 */
export function findBinding(path: NodePath, name: string): Binding | undefined {
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const found = bindingsOf(path[index]).get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The variable of a name that is declared once in all of a text; `null` if it is declared in several scopes, or nowhere. */
export function onlyBinding(program: AnyNode, name: string): Binding | null {
  const found: Binding[] = [];
  walk(program, (node) => {
    const binding = bindingsOf(node).get(name);
    if (binding !== undefined) found.push(binding);
  });
  return found.length === 1 ? found[0] : null;
}

/** All the variables a node's own scope declares. Computed once a node. */
export function bindingsOf(scope: AnyNode): ReadonlyMap<string, Binding> {
  const known = bindingsByScope.get(scope);
  if (known !== undefined) return known;
  const bindings = new Map<string, Binding>();
  declareScope(scope, bindings);
  bindingsByScope.set(scope, bindings);
  return bindings;
}

// A cache of what the tree says; it goes with the tree.
const bindingsByScope = new WeakMap<AnyNode, ReadonlyMap<string, Binding>>();

function declareScope(scope: AnyNode, into: Map<string, Binding>): void {
  if (scope.type === 'Program' || scope.type === 'StaticBlock') {
    declareStatements(scope, scope.body, into);
    declareHoisted(scope, into);
  } else if (isFunction(scope)) {
    if (scope.id && scope.type === 'FunctionExpression') {
      add(into, scope, 'function', scope.id, scope, scope);
    }
    for (const parameter of scope.params)
      declarePattern(scope, 'parameter', parameter, null, parameter, into);
    declareHoisted(scope, into);
  } else if (scope.type === 'BlockStatement') {
    declareStatements(scope, scope.body, into);
  } else if (scope.type === 'SwitchStatement') {
    for (const branch of scope.cases) declareStatements(scope, branch.consequent, into);
  } else if (scope.type === 'ForStatement' && scope.init?.type === 'VariableDeclaration') {
    declareStatements(scope, [scope.init], into);
  } else if (
    (scope.type === 'ForInStatement' || scope.type === 'ForOfStatement') &&
    scope.left.type === 'VariableDeclaration'
  ) {
    declareStatements(scope, [scope.left], into);
  } else if (scope.type === 'CatchClause' && scope.param) {
    declarePattern(scope, 'catch', scope.param, null, scope, into);
  } else if (isClass(scope) && scope.id) {
    add(into, scope, 'class', scope.id, scope, scope);
  }
}

/** What is lexical to a list of statements: `let`, `const`, functions, classes, imports. */
function declareStatements(scope: AnyNode, statements: readonly AnyNode[], into: Map<string, Binding>): void {
  for (const statement of statements) {
    const declaration =
      (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') &&
      statement.declaration
        ? statement.declaration
        : statement;
    if (declaration.type === 'VariableDeclaration' && declaration.kind !== 'var') {
      declareVariables(scope, declaration, into);
    } else if (declaration.type === 'FunctionDeclaration' && declaration.id) {
      add(into, scope, 'function', declaration.id, declaration, declaration);
    } else if (declaration.type === 'ClassDeclaration' && declaration.id) {
      add(into, scope, 'class', declaration.id, declaration, declaration);
    } else if (declaration.type === 'ImportDeclaration') {
      for (const specifier of declaration.specifiers)
        add(into, scope, 'import', specifier.local, null, specifier);
    }
  }
}

/** `var`s wherever they stand in a function or program, but not those of the functions in it. */
function declareHoisted(scope: AnyNode, into: Map<string, Binding>): void {
  const pending = isFunction(scope) ? [scope.body as AnyNode] : childrenOf(scope);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'VariableDeclaration' && node.kind === 'var') declareVariables(scope, node, into);
    if (!isFunction(node) && node.type !== 'StaticBlock') pending.push(...childrenOf(node));
  }
}

function declareVariables(
  scope: AnyNode,
  declaration: Extract<AnyNode, { type: 'VariableDeclaration' }>,
  into: Map<string, Binding>,
): void {
  const kind = declaration.kind === 'var' || declaration.kind === 'let' ? declaration.kind : 'const';
  for (const declarator of declaration.declarations) {
    declarePattern(scope, kind, declarator.id, declarator.init ?? null, declarator, into);
  }
}

function declarePattern(
  scope: AnyNode,
  kind: Binding['kind'],
  pattern: AnyNode,
  value: AnyNode | null,
  declaration: AnyNode,
  into: Map<string, Binding>,
): void {
  if (pattern.type === 'Identifier') {
    add(into, scope, kind, pattern, value, declaration);
  } else if (pattern.type === 'AssignmentPattern') {
    declarePattern(scope, kind, pattern.left, value ?? pattern.right, declaration, into);
  } else if (pattern.type === 'RestElement') {
    declarePattern(scope, kind, pattern.argument, null, declaration, into);
  } else if (pattern.type === 'ArrayPattern') {
    for (const element of pattern.elements) {
      if (element) declarePattern(scope, kind, element, null, declaration, into);
    }
  } else if (pattern.type === 'ObjectPattern') {
    for (const property of pattern.properties) {
      const target = property.type === 'Property' ? property.value : property;
      declarePattern(scope, kind, target, null, declaration, into);
    }
  }
}

function add(
  into: Map<string, Binding>,
  scope: AnyNode,
  kind: Binding['kind'],
  identifier: AnyNode,
  value: AnyNode | null,
  declaration: AnyNode,
): void {
  if (identifier.type !== 'Identifier') return;
  const known = into.get(identifier.name);
  // `var x; … var x = new Map()`: the one that says what it is. A parameter stays what it is.
  if (known !== undefined && (known.value !== null || value === null || known.kind === 'parameter')) return;
  into.set(identifier.name, { name: identifier.name, kind, identifier, value, declaration, scope });
}
