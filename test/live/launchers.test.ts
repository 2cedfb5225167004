import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { cli } from './processes.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'launchers-')));
const report = join(folder, 'report.json');

/** Keeps nothing, prints what it could see of us, and ends with 7 after some seconds. */
const program = `
const { createServer } = require('node:http');
createServer((request, response) => response.end()).listen(0, '127.0.0.1');
const { LEAKLINE_AGENT = 'none', NODE_OPTIONS = 'none' } = process.env;
console.log('program', LEAKLINE_AGENT, NODE_OPTIONS);
setTimeout(() => process.exit(7), 3500);
`;

const files: Record<string, string> = {
  'package.json': JSON.stringify({ scripts: { prestart: 'node first.js', start: 'node app.js' } }),
  'first.js': `console.log('first');`,
  'app.js': program,
  // A server with a worker process, which starts before the server listens.
  'parent.js': `require('node:child_process').fork('./worker.js');\n${program}`,
  'worker.js': `setTimeout(() => process.exit(), 3000);`,
  // What tsx, nodemon and their like do: pass on streams, signals and the exit code.
  'node_modules/launch/cli.js': `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
`,
  // A package that is itself the server, as http-server is.
  'node_modules/serve/cli.js': program,
  // One that starts its program long after itself, as npx does that has to fetch it.
  'node_modules/late/cli.js': `setTimeout(() => require('../launch/cli.js'), 6500);`,
};

beforeAll(() => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(
  command: readonly string[],
): Promise<{ code: number | null; stdout: string; report: Report }> {
  rmSync(report, { force: true });
  // The directory is the shell's: our own command line is found by a path relative to the project.
  const inside = ['sh', '-c', `cd '${folder}' && exec "$@"`, 'sh', ...command];
  const { code, stdout } = await cli(['run', '--quiet', '--json', report, '--', ...inside]);
  return { code, stdout, report: JSON.parse(readFileSync(report, 'utf8')) as Report };
}

const node = process.execPath;
const hasNpm = spawnSync('npm', ['--version']).status === 0;

test.each([
  ['a launcher', [node, 'node_modules/launch/cli.js', 'app.js'], 'app.js'],
  [
    'a launcher of a launcher',
    [node, 'node_modules/launch/cli.js', 'node_modules/launch/cli.js', 'app.js'],
    'app.js',
  ],
  ['a launcher that takes its time', [node, 'node_modules/late/cli.js', 'app.js'], 'app.js'],
  ['a shell', ['sh', '-c', `"${node}" app.js; exit $?`], 'app.js'],
  ['node --watch-path of nothing that changes', [node, '--watch', 'app.js'], 'app.js'],
  ['nothing: a server with a worker process', [node, 'parent.js'], 'parent.js'],
])('behind %s the program is found', async (_, command, script) => {
  const isWatch = command.includes('--watch');
  const found = isWatch ? await runWatchMode(command) : await run(command);
  expect(found.report.target.command?.split(' ')[1]).toBe(join(folder, script));
  // A program, and what it starts, sees nothing of us.
  expect(found.stdout).toContain('program none none\n');
  if (!isWatch) expect(found.code).toBe(7);
});

/** It would wait for a change of the file for ever. */
function runWatchMode(command: readonly string[]): ReturnType<typeof run> {
  return run(['sh', '-c', `timeout 6 "$@"; exit 0`, 'sh', ...command]);
}

test('a package that is the server itself is the program', async () => {
  const { code, report: told } = await run([node, 'node_modules/serve/cli.js']);
  expect(told.target.command?.split(' ')[1]).toBe(join(folder, 'node_modules/serve/cli.js'));
  expect(told.durationMs).toBeGreaterThan(1000);
  expect(code).toBe(7);
});

test.skipIf(!hasNpm)('npm start, after a script that npm runs before it', async () => {
  const { code, stdout, report: told } = await run(['npm', 'start', '--silent']);
  expect(stdout.indexOf('first')).toBeLessThan(stdout.indexOf('program none none'));
  expect(told.target.command?.split(' ')[1]).toBe(join(folder, 'app.js'));
  expect(code).toBe(7);
});
