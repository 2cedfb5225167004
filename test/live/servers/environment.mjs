// Prints what a preloaded agent could have changed, in itself and in a child.
import { spawnSync } from 'node:child_process';

const { NODE_OPTIONS = 'none', LEAKLINE_AGENT = 'none' } = process.env;
console.log(
  JSON.stringify({ NODE_OPTIONS, LEAKLINE_AGENT, execArgv: process.execArgv, argv: process.argv.slice(1) }),
);
console.log(JSON.stringify(Object.keys(globalThis)));
const child = spawnSync(
  process.execPath,
  ['-p', 'JSON.stringify([process.env.NODE_OPTIONS, process.execArgv])'],
  {
    encoding: 'utf8',
  },
);
console.log(child.stdout.trim());
console.error('said on standard error');
process.exitCode = 5;
