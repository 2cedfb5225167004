import type { Declared } from './declared.ts';
import { type Reference, referencesTo } from './references.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isFunction, keyName, type NodePath } from './syntax.ts';

/** A place in the text that puts something into a container. */
export type AddSite = {
  readonly script: Script;
  /** Where the reader should look: the name of the method, the assigned element. */
  readonly node: AnyNode;
  readonly path: NodePath;
  /** What is put in; `null` where the text does not say. */
  readonly element: AnyNode | null;
  /** What it is filed under; `null` where there is no such thing. */
  readonly key: AnyNode | null;
  /** The event of an `on('event', …)`. */
  readonly event: string | null;
  /** It stands in a function: not what runs once while the file is loaded. */
  readonly inFunction: boolean;
};

/**
 * Where the text adds to a container, those in functions first. What no trap can catch (a plain object) is only
 * known this way; and where a trap was set it tells what an element is made of.
 */
export async function addSitesOf(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<AddSite[]> {
  const references = await referencesTo(target, scripts, known);
  const sites = references.map(addSiteAt).filter((site) => site !== null);
  return sites.sort((a, b) => Number(b.inFunction) - Number(a.inFunction));
}

const ELEMENT_ARGUMENT: Readonly<Record<string, number>> = { set: 1, add: 0, push: 0, unshift: 0 };
const LISTENER_METHODS: ReadonlySet<string> = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
  'addEventListener',
]);

function addSiteAt(reference: Reference): AddSite | null {
  const { script, path } = reference;
  const node = path[path.length - 1];
  const member = path[path.length - 2];
  if (member?.type !== 'MemberExpression' || member.object !== node) return null;
  const use = path[path.length - 3];
  const upTo = path.slice(0, -2);
  const inFunction = path.some(isFunction);

  if (use?.type === 'CallExpression' && use.callee === member) {
    const method = keyName(member.property, member.computed) ?? '';
    const [first] = use.arguments;
    if (LISTENER_METHODS.has(method)) {
      const event = first?.type === 'Literal' && typeof first.value === 'string' ? first.value : null;
      return {
        script,
        node: member.property,
        path: upTo,
        element: use.arguments[1] ?? null,
        key: null,
        event,
        inFunction,
      };
    }
    const argument = Object.hasOwn(ELEMENT_ARGUMENT, method) ? ELEMENT_ARGUMENT[method] : undefined;
    if (argument === undefined) return null;
    return {
      script,
      node: member.property,
      path: upTo,
      element: use.arguments[argument] ?? null,
      key: method === 'set' ? (first ?? null) : null,
      event: null,
      inFunction,
    };
  }
  // `pages[key] = …`; a fixed key adds once, however often it runs.
  if (use?.type === 'AssignmentExpression' && use.left === member && member.computed) {
    if (member.property.type === 'Literal') return null;
    const key = member.property;
    return { script, node: member, path: upTo, element: use.right, key, event: null, inFunction };
  }
  return null;
}
