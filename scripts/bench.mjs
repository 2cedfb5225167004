/** `npm run bench -- NAME …`: runs one script of bench/; without a name, lists them. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), '.build/bench');
const [name, ...rest] = process.argv.slice(2);
const script = join(folder, `${name}.js`);

if (name !== undefined && /^[\w-]+$/.test(name) && existsSync(script)) {
  const child = spawn(process.execPath, ['--expose-gc', script, ...rest], { stdio: 'inherit' });
  // A Ctrl-C reaches the whole group; a signal to this process alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
} else {
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.js')) : [];
  console.error(
    `usage: npm run bench -- NAME [OPTIONS]\nnames: ${names.map((file) => file.slice(0, -3)).join(', ') || 'none yet'}`,
  );
  process.exitCode = 2;
}
