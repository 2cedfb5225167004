import type { ScriptLocation } from '../core/location.ts';
import { estimateElementBytes } from './element-bytes.ts';
import type { CensusHost } from './host.ts';
import { ownValue } from './own-value.ts';

/**
 * Which captured variables the functions in a container keep, each with an estimate of the bytes that are its own: by the two
 * newest, so that what both lead to counts for none. Their scopes have what any function of the same scope uses, not only
 * what these do. `null` if there are no two functions of one place in the source.
 */
export function capturesOf(
  host: CensusHost,
  elements: readonly object[],
): { by: ScriptLocation; variables: { name: string; bytes: number }[] } | null {
  const [older, newer] = elements.filter((element) => typeof element === 'function').slice(-2);
  if (older === undefined || newer === undefined) return null;
  const one = contextOf(host, older);
  const other = contextOf(host, newer);
  if (one === null || other === null || !samePlace(one.by, other.by)) return null;
  const variables: { name: string; bytes: number }[] = [];
  for (const [name, value] of one.valueByName) {
    const counterpart = other.valueByName.get(name);
    if (counterpart === undefined || counterpart === value || variables.length >= MAX_VARIABLES) continue;
    const bytes = estimateElementBytes([value, counterpart], host.types, () => null) ?? 0;
    variables.push({ name, bytes });
  }
  return variables.length === 0 ? null : { by: one.by, variables };
}

/** Each is measured, in a slice that has to stay below ten milliseconds. */
const MAX_VARIABLES = 6;

type Context = { readonly by: ScriptLocation; readonly valueByName: ReadonlyMap<string, object> };

/** The variables of the scopes around a function. A module's are among them: they are the same for two functions. */
function contextOf(host: CensusHost, element: object): Context | null {
  // `once` wraps the listener and keeps it under `listener`.
  const original = ownValue(element, 'listener');
  const facts = host.scopes.readFunction(typeof original === 'function' ? original : element);
  if (facts === null || !host.scripts.isProgram(facts)) return null;
  const url = host.scripts.url(facts.location.scriptId);
  if (url === null) return null;
  const valueByName = new Map<string, object>();
  for (const { description, object } of facts.scopes()) {
    if (!/^(Closure|Block)/.test(description)) continue;
    for (const name of Reflect.ownKeys(object)) {
      const value = ownValue(object, name);
      if (typeof name === 'string' && typeof value === 'object' && value !== null && !valueByName.has(name)) {
        valueByName.set(name, value);
      }
    }
  }
  const { line, column, function: functionName } = facts.location;
  return { by: { url, line, column, function: functionName }, valueByName };
}

function samePlace(a: ScriptLocation, b: ScriptLocation): boolean {
  return a.url === b.url && a.line === b.line && a.column === b.column;
}
