/**
 * `npm test`: format, lint, types, unit and live tests. One line a step, what went wrong below it, and at the very
 * end `N passed, N failed`: the tests, plus one for each of the other checks. Arguments go to vitest, to run less
 * while working: `npm test -- verdict`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = 'test-results.json';
let passed = 0;
let failed = 0;

// These checks share the machine well; the tests then have it to themselves, because the live ones measure.
const checks = await Promise.all([
  run('format', '@biomejs/biome/bin/biome', ['format', '.']),
  run('lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings', '.']),
  run('types', 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
  run('page', 'typescript/bin/tsc', ['-p', 'web/tsconfig.json']),
]);
for (const check of checks) {
  report(check.code === 0, check);
  if (check.code === 0) passed += 1;
  else failed += 1;
}

const file = join(root, '.cache', results);
mkdirSync(dirname(file), { recursive: true });
rmSync(file, { force: true });
const tests = await run('tests', 'vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
  ...process.argv.slice(2),
]);
const counts = count(tests.code);
report(counts.failed === 0, tests, counts.words);
for (const line of counts.failures) console.log(line);
passed += counts.passed;
failed += counts.failed;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** What vitest wrote, distrusted: a file that could not be loaded, a crash and an empty run are failures too. */
function count(exitCode) {
  let document;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {
      passed: 0,
      failed: 1,
      words: `vitest ended with code ${exitCode} and wrote no results`,
      failures: [],
    };
  }
  const brokenFiles = document.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const skipped = document.numPendingTests + document.numTodoTests;
  let failures = document.numFailedTests + brokenFiles;
  const words = [`${document.numPassedTests} of ${document.numTotalTests - skipped} tests`];
  if (skipped > 0) words.push(`${skipped} skipped`);
  if (brokenFiles > 0) words.push(`${brokenFiles} files that could not run`);
  if (document.numPassedTests + failures === 0) {
    failures = 1;
    words.push('no test was run');
  } else if (failures === 0 && exitCode !== 0) {
    failures = 1;
    words.push(`vitest ended with code ${exitCode}`);
  }
  return {
    passed: document.numPassedTests,
    failed: failures,
    words: words.join(', '),
    failures: document.testResults.flatMap(failuresOf),
  };
}

/** Once more at the end and short: of a long log it is the end that gets kept and read. */
function failuresOf({ name = '', message = '', assertionResults }) {
  const failedTests = assertionResults.filter((test) => test.status === 'failed');
  const where = name.replace(`${root}/`, '');
  if (failedTests.length === 0) return message === '' ? [] : [`  ${where}: ${shortened(message)}`];
  return failedTests.map(
    ({ fullName, failureMessages }) => `  ${where}: ${fullName}: ${shortened(failureMessages.join(' '))}`,
  );
}

function shortened(message) {
  const withoutStack = stripVTControlCharacters(message).replaceAll(/^ {4}at .*$/gm, '');
  const words = withoutStack.replaceAll(/\s+/g, ' ').trim();
  return words.length > 700 ? `${words.slice(0, 700)} …` : words;
}

function report(ok, { name, output, durationMs }, words = '') {
  const seconds = (durationMs / 1000).toFixed(1);
  if (!ok) console.log(`\n${output.trim()}\n`);
  console.log(
    `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(6)} ${seconds.padStart(5)} s${words === '' ? '' : `  ${words}`}`,
  );
}

function run(name, script, scriptArguments) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...scriptArguments], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code, signal) =>
      resolve({ name, code: code ?? signal, output, durationMs: performance.now() - startedAt }),
    );
  });
}
