/**
 * Writes dist/THIRD-PARTY-NOTICES.txt: name, version and licence text of every package that can be in a bundle.
 * Works offline, from node_modules.
 *
 * It follows the dependencies of the packages named in BUNDLED instead of asking the bundler which modules it kept:
 * a notice too many does no harm, one too few breaks a licence.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'rolldown/utils';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = readJson(join(root, 'package.json'));
const direct = new Set([...importedPackages(join(root, 'src')), ...importedPackages(join(root, 'web'))]);

const unknown = [...direct].filter(
  (name) => manifest.devDependencies[name] === undefined && manifest.dependencies?.[name] === undefined,
);
if (unknown.length > 0) {
  console.error(
    `notices: src/ or web/ imports packages that package.json does not name: ${unknown.join(', ')}`,
  );
  process.exit(1);
}

const found = new Map();
for (const name of direct) visit(name, root);
const packages = [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
const without = packages.filter((one) => one.text === undefined && one.license === undefined);
if (without.length > 0) {
  console.error(`notices: no licence found for ${without.map((one) => one.name).join(', ')}`);
  process.exit(1);
}

mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(
  join(root, 'dist/THIRD-PARTY-NOTICES.txt'),
  [
    'leakline contains code of the packages below, under their licences.\n',
    ...packages.map(
      (one) =>
        `${'-'.repeat(80)}\n${one.name} ${one.version}: ${one.license}\n\n${one.text ?? '(the package ships no licence text)'}\n`,
    ),
  ].join('\n'),
);

/** The packages that some file below `folder` imports, types left out. */
function importedPackages(folder) {
  const names = new Set();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      for (const name of importedPackages(path)) names.add(name);
    } else if (/\.tsx?$/.test(entry.name)) {
      const { module } = parseSync(path, readFileSync(path, 'utf8'));
      for (const { moduleRequest, entries } of module.staticImports) {
        if (entries.length === 0 || entries.some((one) => !one.isType)) names.add(moduleRequest.value);
      }
      for (const { start, end } of module.dynamicImports.map((one) => one.moduleRequest)) {
        names.add(readFileSync(path, 'utf8').slice(start + 1, end - 1));
      }
    }
  }
  const bare = [...names].filter((name) => !/^(?:[./]|node:)/.test(name) && !builtinModules.includes(name));
  return new Set(
    bare.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
}

function visit(name, from) {
  const folder = findPackage(name, from);
  // Optional peers and packages of another platform are not installed, so they are not in the bundle either.
  if (folder === undefined || found.has(folder)) return;
  const own = readJson(join(folder, 'package.json'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)([.-]|$)/i.test(entry));
  found.set(folder, {
    name: own.name,
    version: own.version,
    license: typeof own.license === 'string' ? own.license : own.license?.type,
    text: file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim(),
  });
  for (const dependency of Object.keys({
    ...own.dependencies,
    ...own.optionalDependencies,
    ...own.peerDependencies,
  })) {
    // Declarations never reach a bundle.
    if (!dependency.startsWith('@types/')) visit(dependency, folder);
  }
}

/** As Node looks for it: in node_modules of `from` and of every folder above. */
function findPackage(name, from) {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
