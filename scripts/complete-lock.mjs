/**
 * `npm run lock`: adds to package-lock.json the optional packages of other platforms that npm left out.
 *
 * npm leaves them out when the registry at hand does not carry them (a mirror with some platforms only), and then
 * `npm ci` refuses the file everywhere: "Missing: … from lock file". Name, version and platform follow from the
 * package that wants them; only their checksum is unknown, and npm adds it on a machine that installs them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const version = /^\d+\.\d+\.\d+[^ ]*$/.exec(range)?.[0];
    const locked = lockedVersion(path, name);
    if (locked !== undefined && (version === undefined || locked === version)) continue;
    const words = name.replace(/^@/, '').split(/[-/.]/);
    const os = SYSTEMS.filter((system) => words.includes(system));
    const cpu = PROCESSORS.filter((processor) => words.includes(processor));
    if (version === undefined || os.length + cpu.length === 0) {
      console.error(
        `lock: ${name}@${range}, wanted by ${path}, is missing and its platform is not in its name`,
      );
      process.exitCode = 1;
      continue;
    }
    // Beside the package that wants it, where npm puts those of this platform.
    lock.packages[`${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      dev: true,
      ...(words.includes('musl') ? { libc: ['musl'] } : {}),
      optional: true,
      ...(os.length > 0 ? { os } : {}),
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'lock: complete' : `lock: added ${added.join(', ')}`);

/** As Node looks for it: below the package, then in every node_modules above. */
function lockedVersion(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const entry = lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (entry !== undefined || folder === '') return entry?.version;
  }
}
