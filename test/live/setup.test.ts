import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'leakline-setup-'));
  mkdirSync(join(checkout, 'scripts'));
  cpSync(join(root, 'scripts/setup.mjs'), join(checkout, 'scripts/setup.mjs'));
  write('package.json', { name: 'x', engines: { node: '>=20' } });
  write('package-lock.json', {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '1.0.0', optional: true },
    },
  });
  write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
  write('src/core/a.ts', '');
  write('src/core/b.ts', '');
  // As slow as it takes for two of them to overlap.
  write(
    'scripts/build.mjs',
    `import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
     const began = new Date();
     appendFileSync('builds.log', 'built\\n');
     await new Promise((done) => setTimeout(done, 300));
     mkdirSync('dist', { recursive: true });
     writeFileSync('dist/.stamp', '');
     utimesSync('dist/.stamp', began, began);`,
  );
});
afterEach(() => rmSync(checkout, { recursive: true }));

test('builds once, and again only after a source was changed or deleted', async () => {
  expect(await setup()).toEqual({ code: 0, errors: 'leakline: building …\n', output: '' });
  expect(await setup()).toEqual({ code: 0, errors: '', output: '' });
  write('src/core/a.ts', '// changed');
  expect((await setup()).errors).toContain('building');
  rmSync(join(checkout, 'src/core/b.ts'));
  expect((await setup()).errors).toContain('building');
  expect((await setup()).errors).toBe('');
});

test('of two started together one builds and the other waits', async () => {
  const both = await Promise.all([setup(), setup()]);
  expect(both.map((one) => one.code)).toEqual([0, 0]);
  expect(readFileSync(join(checkout, 'builds.log'), 'utf8')).toBe('built\n');
});

test('a lock left by a process that is gone stops nobody', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => gone.on('close', done));
  write('.cache/setup.lock', String(gone.pid));
  expect(await setup()).toMatchObject({ code: 0 });
});

test('refuses a Node that engines does not allow, in words', async () => {
  write('package.json', { name: 'x', engines: { node: '^18.3.0 || ^96.12.0 || >=98' } });
  expect(await setup()).toEqual({
    code: 1,
    errors: `leakline: leakline needs Node 18 (from 18.3 on), 96 (from 96.12 on) or 98 or newer; this is ${process.versions.node}.\n`,
    output: '',
  });
});

test('a build that fails is shown and fails the setup', async () => {
  write('scripts/build.mjs', "console.log('what went wrong'); process.exitCode = 1;");
  const { code, errors } = await setup();
  expect(code).toBe(1);
  expect(errors).toContain('The build failed.\nwhat went wrong');
});

test('installs when a package is missing or has another version', async () => {
  write(
    'npm-cli.js',
    `const { appendFileSync, writeFileSync } = require('node:fs');
     appendFileSync('npm.log', process.argv.slice(2, 3) + '\\n');
     writeFileSync('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"x"}}}');`,
  );
  write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } });
  expect((await setup()).errors).toContain('installing');
  rmSync(join(checkout, 'node_modules'), { recursive: true });
  mkdirSync(join(checkout, 'node_modules'));
  expect((await setup()).errors).toContain('installing');
  expect((await setup()).errors).toBe('');
  expect(readFileSync(join(checkout, 'npm.log'), 'utf8')).toBe('ci\nci\n');
});

test('an installation that fails is shown in the words of npm, and nothing is built', async () => {
  write('npm-cli.js', "console.error('no way to the registry'); process.exitCode = 1;");
  write('node_modules/.package-lock.json', { packages: {} });
  const { code, errors } = await setup();
  expect(code).toBe(1);
  expect(errors).toContain('npm ci failed. Its own words:\nno way to the registry');
  expect(errors).not.toContain('building');
});

function setup(): Promise<{ code: number | null; errors: string; output: string }> {
  return new Promise((done) => {
    // npm says in this variable where it is; here it is one of our own.
    const env = { ...process.env, npm_execpath: join(checkout, 'npm-cli.js') };
    const child = spawn(process.execPath, ['scripts/setup.mjs'], { cwd: checkout, env });
    let errors = '';
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (code) => done({ code, errors, output }));
  });
}

function write(path: string, content: unknown): void {
  mkdirSync(join(checkout, path, '..'), { recursive: true });
  writeFileSync(join(checkout, path), typeof content === 'string' ? content : JSON.stringify(content));
}
