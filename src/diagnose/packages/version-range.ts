/**
 * Whether an installed version lies in a range of the catalogue: bounds `<1.2.3` and `>=1.2.3` that must all hold,
 * alternatives set apart by ` || `, or `*` for every version. False for what is no version.
 *
 * A pre-release of a bound itself may be older than the fix or have it already, and older than the mistake or have it: it
 * is in no range, since nothing is known of it. Any other is ordered as its release is.
 */
export function isInRange(version: string, range: string): boolean {
  const installed = parseVersion(version);
  if (installed === null) return false;
  return range === '*' || range.split(' || ').some((bounds) => bounds.split(' ').every(holdsFor(installed)));
}

type Version = { readonly release: readonly number[]; readonly prerelease: boolean };

function holdsFor(installed: Version): (bound: string) => boolean {
  return (bound) => {
    const [, operator, named] = /^(<|>=)(\S+)$/.exec(bound) ?? [];
    const limit = named === undefined ? null : parseVersion(named);
    if (limit === null) throw new Error(`no bound of a range: ${bound}`);
    const order = compare(installed.release, limit.release);
    if (order === 0) return operator === '>=' && !installed.prerelease;
    return operator === '<' ? order < 0 : order > 0;
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Semantic Versioning 2.0; build metadata orders nothing. */
function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)\.(\d+)(-[\da-z.-]+)?(?:\+[\da-z.-]+)?$/i.exec(text);
  if (match === null) return null;
  return { release: match.slice(1, 4).map(Number), prerelease: match[4] !== undefined };
}
