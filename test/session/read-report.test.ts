import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { LeaklineError } from '../../src/core/errors.ts';
import { readReport } from '../../src/session/read-report.ts';
import { leakingReport } from '../present/reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-report-'));
afterAll(() => rmSync(folder, { recursive: true }));
const nothing = Readable.from([]);

test('a saved report comes back as it was', async () => {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(leakingReport()));
  expect(await readReport(file, nothing)).toEqual(leakingReport());
});

test('from standard input too, whole characters across its chunks', async () => {
  const bytes = Buffer.from(JSON.stringify(leakingReport({ notes: ['Größe 漢字'] })));
  const chunks = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
  expect(await readReport('-', chunks)).toMatchObject({ notes: ['Größe 漢字'] });
});

test.each([
  ['empty', '', 'it is empty'],
  ['a log', '[1:0x5] 12 ms: Scavenge 1.0 (2.0) -> 0.9 (2.0) MB\n', 'it is not JSON'],
  ['cut short', JSON.stringify(leakingReport()).slice(0, 900), 'it is not JSON'],
  ['other JSON', '{"name":"leakline"}', 'it has no "schema"'],
  [
    'a changed report',
    JSON.stringify({ ...leakingReport(), findings: [{}] }),
    'findings[0].fingerprint is missing',
  ],
])('%s is refused, and the sentence says why', async (name, text, words) => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, text);
  const error = await readReport(file, nothing).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LeaklineError);
  expect(error).toMatchObject({ code: 'REPORT_UNREADABLE' });
  expect((error as Error).message).toContain(words);
  expect((error as Error).message).toContain(file);
});

test('a file that is not there is no bug of ours', async () => {
  const error = await readReport(join(folder, 'missing.json'), nothing).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'REPORT_UNREADABLE' });
  expect((error as Error).message).toContain('ENOENT');
});
