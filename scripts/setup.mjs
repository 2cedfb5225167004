/**
 * Makes a checkout ready to run: checks Node, installs when node_modules does not match package-lock.json, builds
 * when dist is older than the sources. Runs before `npm start` and `npm test`; says nothing when nothing is to do.
 *
 * Plain Node without dependencies, because it runs before there are any. It prints on standard error only, so that
 * `npm start -- --json -` keeps its output clean.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What a build reads. A folder stands for everything below it; its own times show deleted files. */
const BUILD_INPUTS = [
  'src',
  'web',
  'lab',
  'bench',
  'scripts',
  'rolldown.config.ts',
  'tsconfig.json',
  'tsconfig.types.json',
  'package.json',
  'package-lock.json',
];
const NOT_INPUTS = new Set(['node_modules', 'results', 'dist', '.build', '.cache']);

/** Something the person at the keyboard can act on: its message is all that is printed. */
class Refusal extends Error {}

try {
  await main();
} catch (error) {
  process.stderr.write(error instanceof Refusal ? `leakline: ${error.message}\n` : `${error.stack}\n`);
  process.exitCode = 1;
}

async function main() {
  const manifest = readJson('package.json');
  if (!satisfies(process.versions.node, manifest.engines.node)) {
    fail(`leakline needs Node ${inWords(manifest.engines.node)}; this is ${process.versions.node}.`);
  }
  if (isInstalled() && isBuilt()) return;
  const unlock = await lock();
  try {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  } finally {
    unlock();
  }
}

/** Every package of the lock file that is not for another platform only is there, in that version. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const wanted = readJson('package-lock.json').packages;
  const present = readJson('node_modules/.package-lock.json').packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = present[path];
    if (there === undefined) {
      if (!entry.optional) return false;
    } else if (there.version !== entry.version || differ(there.integrity, entry.integrity)) return false;
  }
  return true;
}

/** package-lock.json has no checksum for some packages of other platforms; where they are installed, npm found one. */
function differ(one, other) {
  return one !== undefined && other !== undefined && one !== other;
}

function isBuilt() {
  // The stamp carries the time the build began, so a file saved while it ran is newer.
  const stamp = modifiedMs('dist/.stamp');
  return stamp !== 0 && BUILD_INPUTS.every((input) => !isNewer(join(root, input), stamp));
}

function isNewer(path, thanMs) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.mtimeMs > thanMs) return true;
  if (!stat.isDirectory()) return false;
  return readdirSync(path).some((name) => !NOT_INPUTS.has(name) && isNewer(join(path, name), thanMs));
}

async function install() {
  say('installing the packages of package-lock.json …');
  // No package here needs its install script, and npm 12 blocks them anyway.
  const npmArguments = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const npmCli = process.env.npm_execpath ?? '';
  const { code, output } =
    basename(npmCli) === 'npm-cli.js'
      ? await run(process.execPath, [npmCli, ...npmArguments])
      : await run('npm', npmArguments, { shell: process.platform === 'win32' });
  if (code !== 0) fail(`npm ci failed. Its own words:\n${output.trim()}`);
}

async function build() {
  say('building …');
  const { code, output } = await run(process.execPath, [join(root, 'scripts/build.mjs')]);
  if (code !== 0) fail(`The build failed.\n${output.trim()}`);
  if (output.trim() !== '') say(output.trim());
}

/** Two commands started together in one checkout must not install into, or build, the same folder at once. */
async function lock() {
  const file = join(root, '.cache/setup.lock');
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readOwner(file);
    if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true });
    else if (!waited)
      say(`waiting for another setup of this folder${holder === undefined ? '' : ` (process ${holder})`} …`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The process that wrote the lock; `undefined` while it is being written or was just removed. */
function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // An empty file that stays empty belongs to a process that died between two lines above.
    if (pid > 0) return pid;
    return Date.now() - statSync(file).mtimeMs > 5000 ? -1 : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(command, commandArguments, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: -1, output: `${output}\n${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Understands what package.json uses: `^1.2.3` and `>=1.2.3` (parts may be left out), joined by `||`. */
function satisfies(version, range) {
  const have = version.split('-')[0].split('.').map(Number);
  return range.split('||').some((alternative) => {
    const match = /^(\^|>=)(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(alternative.trim());
    if (match === null)
      throw new Error(`scripts/setup.mjs does not understand the range "${alternative.trim()}"`);
    const floor = [match[2], match[3] ?? 0, match[4] ?? 0].map(Number);
    const difference = floor.map((part, index) => have[index] - part).find((part) => part !== 0) ?? 0;
    return difference >= 0 && (match[1] === '>=' || have[0] === floor[0]);
  });
}

function inWords(range) {
  const alternatives = range.split('||').map((one) =>
    one
      .trim()
      .replace(/^>=(.*)$/, '$1 or newer')
      .replace(/^\^(\d+)\.(\d+).*$/, '$1 (from $1.$2 on)'),
  );
  return alternatives.length === 1
    ? alternatives[0]
    : `${alternatives.slice(0, -1).join(', ')} or ${alternatives.at(-1)}`;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function say(text) {
  process.stderr.write(`leakline: ${text}\n`);
}

function fail(text) {
  // Thrown, so that the lock is released on the way out.
  throw new Refusal(text);
}
