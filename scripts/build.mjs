/**
 * Builds everything that runs: the bundles of rolldown.config.ts into dist/ and .build/, the lab's two servers, the
 * type declarations, and the notices of what was bundled. Prints only what the reader must know: what was skipped
 * and what failed.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const began = new Date();

rmSync(join(root, 'dist/.stamp'), { force: true });
const results = await Promise.all([
  step('bundles', 'node_modules/rolldown/bin/cli.mjs', ['-c', 'rolldown.config.ts', '--logLevel', 'warn']),
  step('lab servers', 'scripts/build-lab.mjs', []),
  // tsc without an entry would fail; the bundle step already says that src/index.ts is missing.
  existsSync(join(root, 'src/index.ts'))
    ? step('types', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.types.json'])
    : true,
]);
if (results.every(Boolean) && (await step('notices', 'scripts/notices.mjs', []))) {
  removeStale(join(root, 'dist'));
  if (existsSync(join(root, 'dist/cli.js'))) chmodSync(join(root, 'dist/cli.js'), 0o755);
  const stamp = join(root, 'dist/.stamp');
  writeFileSync(stamp, '');
  utimesSync(stamp, began, began);
} else {
  process.exitCode = 1;
}

/** Bundles and chunks of an earlier build that this one did not write. */
function removeStale(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // The lab's servers are written by their own script, which knows what is stale there.
      if (entry.name === 'types') removeStale(path);
    } else if (statSync(path).mtimeMs < began.getTime()) {
      rmSync(path);
    }
  }
}

function step(name, script, scriptArguments) {
  if (!existsSync(join(root, script))) {
    console.log(`build: skipped ${name}, ${script} does not exist`);
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...scriptArguments], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      if (code !== 0) console.log(`build: ${name} failed (exit code ${code})`);
      // rolldown reports sizes and its time even at this log level.
      const lines = output
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('✔') && !line.includes('│ size:'));
      if (lines.length > 0) console.log(lines.join('\n'));
      resolve(code === 0);
    });
  });
}
