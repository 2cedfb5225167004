import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type AnyNode, Parser, type Program } from 'acorn';
import { isNode } from './syntax.ts';

/**
 * The syntax tree of TypeScript, less its types, everything at its place: that of the JavaScript that Node makes of it, which puts
 * blanks where types were (`module.stripTypeScriptTypes`). `null` if it is none. About 60 ms for 20 KB.
 *
 * What Node does not strip has no nodes either: an enum, a namespace, the field that a parameter property makes.
 */
export function parseTypeScript(code: string): Program | null {
  try {
    // The plugin refuses to work without locations.
    const options = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const;
    return withoutTypes(Typed.parse(code, options));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const Typed = Parser.extend(tsPlugin());

function withoutTypes(program: Program): Program {
  const pending: AnyNode[] = [program];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const fields = node as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(fields)) {
      if (Array.isArray(value)) {
        const kept = (value as unknown[]).map(valueOf).filter((item) => !isErased(item));
        fields[key] = kept;
        pending.push(...kept.filter(isNode));
      } else {
        const kept = valueOf(value);
        fields[key] = isErased(kept) ? null : kept;
        if (isNode(kept) && !isErased(kept)) pending.push(kept);
      }
    }
  }
  return program;
}

/** `a` of `a as B`, `a!`, `<B>a`, `a satisfies B`, and of a parameter `private a: B`. */
function valueOf(item: unknown): unknown {
  let value = item;
  while (isTyped(value)) {
    const inner = value as { expression?: unknown; parameter?: unknown };
    const next = WRAPPERS.has(value.type) ? (inner.expression ?? inner.parameter) : undefined;
    if (next === undefined) return value;
    value = next;
  }
  return value;
}

/** What Node puts blanks in the place of. */
function isErased(item: unknown): boolean {
  if (isTyped(item)) return true;
  if (!isNode(item)) return false;
  const { declare, abstract, importKind, exportKind, value, declaration } = item as unknown as Modifiers;
  if (item.type === 'MethodDefinition' && (!isNode(value) || isTyped(value))) return true;
  if (item.type === 'ExportNamedDeclaration' && isErased(declaration)) return true;
  if (item.type === 'Identifier') return item.name === 'this';
  const isDefinition = item.type === 'ClassDeclaration' || item.type === 'ClassExpression';
  return (
    declare === true || (abstract === true && !isDefinition) || importKind === 'type' || exportKind === 'type'
  );
}

type Modifiers = {
  readonly declare?: boolean;
  readonly abstract?: boolean;
  readonly importKind?: string;
  readonly exportKind?: string;
  readonly value?: unknown;
  readonly declaration?: unknown;
};

function isTyped(value: unknown): value is { readonly type: string } {
  return isNode(value) && (value.type as string).startsWith('TS');
}

const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSInstantiationExpression',
  'TSNonNullExpression',
  'TSParameterProperty',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
]);
