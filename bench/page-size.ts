/**
 * How large the page in a file is: of a minute, an hour and a day with one sample and one major collection a second, and of the two
 * servers of the lab for an hour; with its script and without.
 *
 *     npm run bench -- page-size
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '../src/core/bytes.ts';
import { renderHtml } from '../src/present/html/page.ts';
import type { Comparison, Report } from '../src/report/schema.ts';
import { labComparison, watchOf } from '../test/present/reports.ts';

const script = readFileSync('dist/file-page.js', 'utf8');
const sides = ['fixed', 'leaking'].map((name) => ({ name, report: watchOf(3600), load: null }));
const documents: Readonly<Record<string, Report | Comparison>> = {
  'a minute': watchOf(60),
  'an hour': watchOf(3600),
  'a day': watchOf(86_400),
  'the lab for an hour': labComparison(sides),
};

process.stdout.write(`script ${sizes(script)}\n`);
for (const [name, document] of Object.entries(documents)) {
  const withScript = renderHtml(document, { withSource: true, script });
  const without = renderHtml(document, { withSource: true });
  process.stdout.write(`${name}: ${sizes(withScript)}; without the script ${sizes(without)}\n`);
}

function sizes(text: string): string {
  return `${formatBytes(Buffer.byteLength(text))}, ${formatBytes(gzipSync(text, { level: 9 }).length)} gzipped`;
}
