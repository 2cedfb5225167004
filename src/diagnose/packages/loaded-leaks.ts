import type { KnownLeak } from '../../core/finding.ts';
import { catalogue, placesIn, toldOf } from './catalogue.ts';
import type { DiagnoseContext } from '../growing-container.ts';
import { type PackageFile, packageFileOf, readInstalled } from './installed-package.ts';
import { decodeUrlPath } from '../source/script.ts';
import { isInRange } from './version-range.ts';

/**
 * The documented leaks of packages that the process has loaded, in a version that has them, and with the file they show
 * in. That the program does what makes them leak is not said by that: they are for growth that no container explains,
 * as of promises and streams, which no walk sees. Leaks that no version is without are left out, or whoever uses such a
 * package would hear of it each time.
 */
export async function loadedLeaks(
  context: Pick<DiagnoseContext, 'programScripts' | 'sources'>,
): Promise<KnownLeak[]> {
  const files = (context.programScripts ?? [])
    .map((url) => packageFileOf(url.startsWith('file://') ? decodeUrlPath(url) : url))
    .filter((file) => file !== null);
  const found: KnownLeak[] = [];
  for (const leak of catalogue) {
    if (leak.fixedIn.length === 0) continue;
    const showing = files.filter(
      ({ root, file }) => isOf(leak.package, root) && placesIn(leak, file).length > 0,
    );
    for (const root of new Set(showing.map((file) => file.root))) {
      const there = await readInstalled(root, context.sources);
      if (there?.name !== leak.package || !isInRange(there.version, leak.leaks)) continue;
      found.push(toldOf(leak, there.version));
      break;
    }
  }
  return found;
}

function isOf(packageName: string, root: PackageFile['root']): boolean {
  return root.endsWith(`node_modules/${packageName}/`);
}
