import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/present/html/page.ts';
import type { Comparison, Report } from '../../src/report/schema.ts';
import { MARKUP_ATTACKS } from '../present/hostile-markup.ts';
import {
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

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const folder = mkdtempSync(join(tmpdir(), 'leakline-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PAGES: Readonly<Record<string, Report | Comparison>> = {
  leaking: leakingReport({ findings: [sessionsFinding(), packageFinding()] }),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  died: diedReport(),
  unexplained: unexplainedReport(),
  comparison: labComparison(labSides(diedReport())),
  hostile: {
    ...withHostileText(leakingReport({ findings: [packageFinding()] }), MARKUP_ATTACKS.join('')),
    schema: 'leakline/report@1',
  },
};

// scripts/chromium.mjs, which runs before the tests, says why there is none.
describe.skipIf(executablePath === undefined)('the page in a browser, from a disk', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      // Chromium's own sandbox does not start for root, as which containers run.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
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
      expect(await page.locator('.chart').first().isVisible()).toBe(true);
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
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
    const problems = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as WithAxe).axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
    });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a name that would be a script is none, and is read as it is', async () => {
    const page = await open(browser, 'hostile', {});
    expect(await page.locator('script, img, a, iframe, b b').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('</script><script>alert(1)</script>');
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

type WithAxe = {
  readonly axe: {
    run(): Promise<{
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly { readonly html: string }[];
      }[];
    }>;
  };
};

async function open(
  browser: Browser,
  name: string,
  options: BrowserContextOptions,
  seen: string[] = [],
): Promise<Page> {
  const file = join(folder, `${name}.html`);
  const document = PAGES[name];
  if (document === undefined) throw new Error(`there is no page ${name}`);
  writeFileSync(file, renderHtml(document, { withSource: true }));
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => seen.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    seen.push('dialog');
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) seen.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}
