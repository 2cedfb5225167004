import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PEERS: readonly string[] = [
  'heap-snapshot-toolkit@1.1.3',
  '@memlab/core@2.0.5',
  '@memlab/heap-analysis@2.0.5',
];
const folder = resolve('.cache/heap/peers');

/** Puts the readers that leakline is measured against into .cache/heap, once. */
export function installHeapPeers(): void {
  const manifest = join(folder, 'package.json');
  mkdirSync(folder, { recursive: true });
  const isThere = existsSync(manifest) && PEERS.every((peer) => existsSync(join(folder, moduleOf(peer))));
  if (isThere) return;
  writeFileSync(manifest, '{ "private": true }\n');
  const { status, stderr } = spawnSync(
    'npm',
    ['install', ...PEERS, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the peers could not be installed: ${stderr}`);
}

/** Name and version as installed. */
export function peerManifest(peer: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(join(folder, moduleOf(peer), 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
}

function moduleOf(peer: string): string {
  return join('node_modules', peer.slice(0, peer.lastIndexOf('@')));
}
