import { LeaklineError } from '../core/errors.ts';
import { jsonText } from '../present/json-text.ts';
import type { HeapSummary } from '../report/heap-summary.ts';
import type { Comparison, Report, Reports } from '../report/schema.ts';
import type { OutputOptions } from './options.ts';
import { pageScript } from './page-script.ts';
import { writeWholeFile } from './write-file.ts';

/** The answer in every form that was asked for. The page and Markdown are loaded only then. */
export async function writeDocuments(
  document: Report | Reports | Comparison,
  options: DocumentOptions,
): Promise<void> {
  const { json, html, markdown } = options;
  const withSource = options.withSource === true;
  if (json !== undefined) await writeJson(json, document);
  if (html !== undefined) {
    const { renderHtml } = await import('../present/html/page.ts');
    await writeText(html, renderHtml(document, { withSource, script: await scriptIfThere() }));
  }
  if (markdown !== undefined) {
    const { renderMarkdown } = await import('../present/markdown/markdown.ts');
    await writeText(markdown, renderMarkdown(document, { withSource }));
  }
}

/** A heap snapshot, where a page of it was asked for. */
export async function writeHeapPage(summary: HeapSummary, file: string): Promise<void> {
  const { renderHeapHtml } = await import('../present/html/page.ts');
  await writeText(file, renderHeapHtml(summary, (await scriptIfThere()) ?? null));
}

/**
 * Whether a document takes the place of the text. Standard output holds one: asked for two, we say so before hours of
 * watching, not after.
 */
export function answerGoesToStdout({ json, html, markdown }: DocumentOptions): boolean {
  const asked = Object.entries({ '--json': json, '--html': html, '--markdown': markdown })
    .filter(([, file]) => file === '-')
    .map(([option]) => option);
  if (asked.length > 1) {
    throw new LeaklineError('USAGE', {
      message: `Only one document can go to standard output, not ${asked.join(' and ')}: give the others a file`,
    });
  }
  return asked.length === 1;
}

export type DocumentOptions = Pick<OutputOptions, 'json' | 'html' | 'markdown' | 'withSource'>;

export async function writeJson(file: string, document: object): Promise<void> {
  await writeText(file, jsonText(document));
}

/** Without it the pictures do not answer; that is no reason to lose an answer that took an hour. */
function scriptIfThere(): Promise<string | undefined> {
  return pageScript('file-page').catch(() => undefined);
}

async function writeText(file: string, text: string): Promise<void> {
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  await writeWholeFile(file, text);
}
