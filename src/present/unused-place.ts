import type { HeapUnusedVariable } from '../report/heap-summary.ts';

/** `of outer, app.js:12:3`; where that function is gone, `app.js, around the function at 14:9`. */
export function unusedPlaceWords({
  function: name,
  script,
  position,
}: Pick<HeapUnusedVariable, 'function' | 'script' | 'position'>): string {
  const of = name === null || name === '' ? '' : `of ${name}, `;
  const file = script ?? '(evaluated)';
  if (position === null) return `${of}${file}`;
  const { line, column, isWithin } = position;
  return isWithin
    ? `${of}${file}, around the function at ${line}:${column}`
    : `${of}${file}:${line}:${column}`;
}
