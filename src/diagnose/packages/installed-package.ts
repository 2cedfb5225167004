import type { SourceReader } from '../source/source-reader.ts';

/** A file of an installed package: the folder of the package, with its slash, and the file within it. */
export type PackageFile = { readonly root: string; readonly file: string };

/** `null` for the program's own files. Of a package within a package the inner one, as in `packageOf`. */
export function packageFileOf(path: string): PackageFile | null {
  const root = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0];
  return root === undefined ? null : { root, file: path.slice(root.length) };
}

/** What lies in a package's folder by its own word: something else may be installed there, as `"debug": "npm:obug"` does. */
export type InstalledPackage = { readonly name: unknown; readonly version: string };

/** By the package.json in it; `null` if there is none that can be read. */
export async function readInstalled(root: string, sources: SourceReader): Promise<InstalledPackage | null> {
  const manifest = await sources.read(`${root}package.json`);
  if (manifest === null) return null;
  try {
    const { name, version } = JSON.parse(manifest.code) as Record<'name' | 'version', unknown>;
    return typeof version === 'string' ? { name, version } : null;
  } catch {
    // Half a file, while something is being installed, tells as little as none.
    return null;
  }
}
