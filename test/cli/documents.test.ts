import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answerGoesToStdout, writeDocuments } from '../../src/cli/documents.ts';
import { leakingReport, packageFinding } from '../present/reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a document for standard output takes the place of the text, and there is room for one', () => {
  expect(answerGoesToStdout({})).toBe(false);
  expect(answerGoesToStdout({ json: 'a.json', html: 'a.html', markdown: 'a.md' })).toBe(false);
  expect(answerGoesToStdout({ json: 'a.json', html: '-' })).toBe(true);
  expect(answerGoesToStdout({ markdown: '-' })).toBe(true);
  expect(() => answerGoesToStdout({ json: '-', markdown: '-' })).toThrow(/--json and --markdown/);
});

test('one answer is written in every form that was asked for', async () => {
  const [json, html, markdown] = ['a.json', 'a.html', 'a.md'].map((name) => join(folder, name));
  const report = leakingReport({ findings: [packageFinding()] });
  await writeDocuments(report, { json, html, markdown });
  expect(JSON.parse(read('a.json'))).toEqual(report);
  expect(read('a.html')).toMatch(/^<!doctype html>/);
  expect(read('a.md')).toMatch(/^## leakline: LEAKING/);
  // The document keeps what it has; what is made to be handed on has the source only on request.
  const source = 'createDebug.instances.push';
  expect([read('a.json'), read('a.html'), read('a.md')].map((text) => text.includes(source))).toEqual([
    true,
    false,
    false,
  ]);
  await writeDocuments(report, { html, markdown, withSource: true });
  expect([read('a.html'), read('a.md')].map((text) => text.includes(source))).toEqual([true, true]);
});

test('a place that can not be written is named', async () => {
  const html = join(folder, 'missing', 'a.html');
  await expect(writeDocuments(leakingReport(), { html })).rejects.toMatchObject({ code: 'CANNOT_WRITE' });
});

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
