import type { KnownLeak, Site } from '../../core/finding.ts';
import type { SourceLocation } from '../../core/location.ts';
import { catalogue, placesIn, toldOf } from './catalogue.ts';
import type { DiagnoseContext } from '../growing-container.ts';
import type { Held } from '../holder.ts';
import { packageFileOf, readInstalled } from './installed-package.ts';
import { isInRange } from './version-range.ts';

/**
 * The documented leak of a package that a case is; `null` if none is known. It is one if it shows where that one does and
 * the version that is installed there has it. What holds, what grows and who adds count; where the memory was
 * allocated does not, since a program that keeps a package's objects leaks by itself.
 */
export async function knownLeakOf(leak: Shown, context: DiagnoseContext): Promise<KnownLeak | null> {
  const sights = sightsOf(leak, context.workingDirectory);
  for (const entry of catalogue) {
    const sight = sights.find(
      (seen) =>
        seen.package === entry.package &&
        placesIn(entry, seen.file).some(({ names }) => names.includes(seen.name)),
    );
    if (sight === undefined) continue;
    const there = await readInstalled(sight.root, context.sources);
    if (there !== null && there.name !== entry.package) continue;
    const installed = there?.version ?? null;
    // What every version does can be told without the version.
    if (installed === null ? entry.leaks !== '*' : !isInRange(installed, entry.leaks)) continue;
    return toldOf(entry, installed);
  }
  return null;
}

type Shown = { readonly held: Pick<Held, 'holder' | 'grows' | 'event'>; readonly added: Site | null };

/** A name that was met in a file of an installed package. */
type Sight = {
  readonly name: string;
  readonly package: string;
  readonly root: string;
  readonly file: string;
};

function sightsOf({ held, added }: Shown, workingDirectory: string): Sight[] {
  const kept = [held.holder, held.grows].map((container) => ({
    name: container?.name ?? '',
    location: container?.location ?? null,
  }));
  const frames = added === null || isOwnCollection(held) ? [] : [added.location, ...added.stack];
  // `Logger.add` is met as `add`: not every build keeps the class.
  const functions = frames.map((location) => ({
    name: location.function?.replace(/^.*\./, '') ?? '',
    location,
  }));
  return [...kept, ...functions].flatMap(({ name, location }) => {
    if (location === null || location.package === null) return [];
    const place = packageFileOf(absolute(location, workingDirectory));
    return place === null ? [] : [{ name, package: location.package, ...place }];
  });
}

/** Into a collection of its own the program puts by itself, also where a package calls it; on its emitters packages listen. */
function isOwnCollection({ holder, event }: Shown['held']): boolean {
  return event === null && holder.location !== null && holder.location.package === null;
}

function absolute({ file }: SourceLocation, workingDirectory: string): string {
  return /^(?:\/|[a-z]:\/)/i.test(file) ? file : `${workingDirectory.replace(/[\\/]$/, '')}/${file}`;
}
