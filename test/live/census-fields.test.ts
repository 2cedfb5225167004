import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { installedNodes } from '../../bench/lib/nodes.ts';
import { expectStates } from '../census/expected-states.ts';
import type { Observed } from '../census/real-resources.ts';
import { observeRealResources } from '../census/real-resources.ts';
import { expectReached } from '../census/reach/expected.ts';
import type { Reached } from '../census/reach/walks.ts';

// What the census reads of Node's objects are fields without a promise, so each version is asked. Node 20 can't run a
// TypeScript file by itself; it is the one that runs these tests, and test/census asks it.
const others = installedNodes().filter(({ path }) => path !== process.execPath);

async function run<Result>(node: string, file: string): Promise<Result> {
  const { stdout } = await promisify(execFile)(node, [file], { maxBuffer: 1e7 });
  return JSON.parse(stdout) as Result;
}

test('a resource of every kind is open, then over, on the running Node', async () => {
  expectStates(await observeRealResources());
});

test.each(others)('… and on Node $version', async ({ path }) => {
  expectStates(await run<Record<string, Observed>>(path, 'test/census/real-resources.ts'));
});

test.each(others)('what a program keeps is reached on Node $version', async ({ path }) => {
  expectReached(await run<Reached>(path, 'test/census/reach/walks.ts'));
});

test('there is more than one Node to ask', () => {
  expect(others.length).toBeGreaterThan(0);
});
