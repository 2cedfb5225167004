import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHeapHtml, renderHtml } from '../../src/present/html/page.ts';
import type { HeapSummary } from '../../src/report/heap-summary.ts';
import type { Comparison, Report } from '../../src/report/schema.ts';
import { heapSummary } from '../present/heaps.ts';
import { MARKUP_ATTACKS } from '../present/hostile-markup.ts';
import {
  contendedReport,
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  packageFinding,
  sessionsFinding,
  steadyReport,
  unexplainedReport,
  withHostileText,
} from '../present/reports.ts';
import { chromiumPath, launchChromium, noteComplaints, seriousProblems } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PAGES: Readonly<Record<string, Report | Comparison | HeapSummary>> = {
  heap: heapSummary(),
  leaking: leakingReport({ findings: [sessionsFinding(), packageFinding()] }),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  contended: contendedReport(),
  died: diedReport(),
  unexplained: unexplainedReport(),
  comparison: labComparison(labSides(diedReport())),
  hostile: {
    ...withHostileText(leakingReport({ findings: [packageFinding()] }), MARKUP_ATTACKS.join('')),
    schema: 'leakline/report@1',
  },
};

describe.skipIf(chromiumPath === undefined)('the page in a browser, from a disk', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });

  test.each(Object.keys(PAGES))(
    '%s says nothing on the console, asks for nothing, needs no script',
    async (name) => {
      const seen: string[] = [];
      const page = await open(browser, name, { javaScriptEnabled: false }, seen);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('.chart, .tiles').first().isVisible()).toBe(true);
      await page.context().close();
      await (await open(browser, name, {}, seen)).context().close();
      expect(seen).toEqual([]);
    },
  );

  test.each(Object.keys(PAGES))('%s is no wider than a phone', async (name) => {
    const page = await open(browser, name, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.context().close();
  });

  test.each(
    Object.keys(PAGES).flatMap((name) => [
      [name, 'light'],
      [name, 'dark'],
    ]),
  )('%s, %s: axe finds nothing that is serious', async (name, colorScheme) => {
    // Axe is a script, which the page's own policy would not run.
    const page = await open(browser, name, { colorScheme: colorScheme as 'light' | 'dark', bypassCSP: true });
    expect(await seriousProblems(page)).toEqual([]);
    await page.context().close();
  });

  test('a name that would be a script is none, and is read as it is', async () => {
    const page = await open(browser, 'hostile', {});
    expect(await page.locator('script, img, a, iframe, b b').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('</script><script>alert(1)</script>');
    await page.context().close();
  });

  test('the moments of the flame graph are chosen by keys, without a script', async () => {
    const page = await open(browser, 'leaking', { javaScriptEnabled: false });
    const seen = (): Promise<string[]> =>
      page.evaluate<string[]>(
        "[...document.querySelectorAll('.flame')].filter((one) => one.checkVisibility()).map((one) => one.classList[1])",
      );
    expect(await seen()).toEqual(['part-all']);
    await page.locator('input.part-all').focus();
    await page.keyboard.press('ArrowRight');
    expect(await seen()).toEqual(['part-0']);
    await page.locator('label', { hasText: '14.2 to 15.4 s' }).click();
    expect(await seen()).toEqual(['part-4']);
    await page.context().close();
  });

  test('both charts of a comparison are equally wide and high', async () => {
    const page = await open(browser, 'comparison', { viewport: { width: 1280, height: 900 } });
    const boxes = await Promise.all((await page.locator('.chart').all()).map((chart) => chart.boundingBox()));
    expect(boxes).toHaveLength(2);
    const [left, right] = boxes;
    expect([left?.width, left?.height, left?.y]).toEqual([right?.width, right?.height, right?.y]);
    await page.context().close();
  });
});

async function open(
  browser: Browser,
  name: string,
  options: BrowserContextOptions,
  seen: string[] = [],
): Promise<Page> {
  const file = join(folder, `${name}.html`);
  const document = PAGES[name];
  if (document === undefined) throw new Error(`there is no page ${name}`);
  writeFileSync(
    file,
    document.schema === 'leakline/heap-summary@1'
      ? renderHeapHtml(document)
      : renderHtml(document, { withSource: true }),
  );
  const page = await (await browser.newContext(options)).newPage();
  noteComplaints(page, seen);
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) seen.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}
