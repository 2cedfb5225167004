import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

// `npm test` with checks and a vitest of our own, because the real ones can't be made to fail inside themselves.
const root = join(import.meta.dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'leakline-npm-test-'));
  write('scripts/test.mjs', null);
  for (const check of ['@biomejs/biome/bin/biome', 'oxlint/bin/oxlint', 'typescript/bin/tsc'])
    write(`node_modules/${check}`, '');
});
afterEach(() => rmSync(checkout, { recursive: true }));

test('counts the tests and one for each of the other checks', () => {
  vitest({ numTotalTests: 5, numPassedTests: 5 });
  expect(run()).toEqual({ code: 0, last: '9 passed, 0 failed' });
});

test('a failed check and a failed test count as failed', () => {
  write('node_modules/oxlint/bin/oxlint', 'console.log("no"); process.exitCode = 1;');
  vitest({ numTotalTests: 5, numPassedTests: 4, numFailedTests: 1 }, 1);
  expect(run()).toEqual({ code: 1, last: '7 passed, 2 failed' });
});

test('a test file that could not be loaded is a failure although no test failed', () => {
  vitest(
    { numTotalTests: 5, numPassedTests: 5, testResults: [{ status: 'failed', assertionResults: [] }] },
    1,
  );
  expect(run()).toEqual({ code: 1, last: '9 passed, 1 failed' });
});

test('no tests at all, a crash, and an exit code nobody explains are failures', () => {
  vitest({ numTotalTests: 0, numPassedTests: 0 });
  expect(run()).toEqual({ code: 1, last: '4 passed, 1 failed' });
  write('node_modules/vitest/vitest.mjs', 'process.kill(process.pid, "SIGKILL");');
  expect(run()).toEqual({ code: 1, last: '4 passed, 1 failed' });
  vitest({ numTotalTests: 5, numPassedTests: 5 }, 1);
  expect(run()).toEqual({ code: 1, last: '9 passed, 1 failed' });
});

test('results of an earlier run do not stand in for a crash', () => {
  vitest({ numTotalTests: 5, numPassedTests: 5 });
  run();
  write('node_modules/vitest/vitest.mjs', 'process.exitCode = 1;');
  expect(run()).toEqual({ code: 1, last: '4 passed, 1 failed' });
});

/** A vitest that writes these results. */
function vitest(results: object, exitCode = 0): void {
  const document = { numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...results };
  write(
    'node_modules/vitest/vitest.mjs',
    `import { writeFileSync } from 'node:fs';
     const file = process.argv.find((argument) => argument.startsWith('--outputFile.json=')).split('=')[1];
     writeFileSync(file, ${JSON.stringify(JSON.stringify(document))});
     process.exitCode = ${exitCode};`,
  );
}

function run(): { code: number | null; last: string | undefined } {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.mjs'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  return { code: status, last: stdout.trim().split('\n').at(-1) };
}

/** `null` takes the file of the project. */
function write(path: string, content: string | null): void {
  mkdirSync(join(checkout, path, '..'), { recursive: true });
  if (content === null) cpSync(join(root, path), join(checkout, path));
  else writeFileSync(join(checkout, path), content);
}
