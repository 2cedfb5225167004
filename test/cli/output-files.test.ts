import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkOutputs } from '../../src/cli/output-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = join(folder, 'gc.log');
const link = join(folder, 'link');
writeFileSync(read, '');
symlinkSync(read, link);

test.each([
  ['what is read', { json: read }],
  ['what is read, by another name', { html: link }],
  ['a snapshot, whether it is read or not', { json: join(folder, 'a.heapsnapshot') }],
  ['a packed snapshot', { markdown: 'b.heapsnapshot.gz' }],
])('an answer is not written over %s', (_, options) => {
  expect(() => checkOutputs(options, [read])).toThrow(/would write over .* - for standard output/);
});

test('it is to a file of its own, or to standard output', () => {
  expect(() => checkOutputs({ json: '-', html: join(folder, 'page.html') }, [read, '-'])).not.toThrow();
});
