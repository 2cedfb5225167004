import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../src/report/version.ts';

test('the version in reports is the one of the package', () => {
  const { version: published } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(version).toBe(published);
});
