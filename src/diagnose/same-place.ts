import type { Holder } from '../core/finding.ts';

/** Whether two holders are one variable or property of the text. */
export function samePlace(a: Holder, b: Holder): boolean {
  if (a.location === null || b.location === null) return false;
  return a.location.file === b.location.file && a.location.line === b.location.line && a.name === b.name;
}
