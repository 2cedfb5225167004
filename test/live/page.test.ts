import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHeapHtml, renderHtml } from '../../src/present/html/page.ts';
import type { HeapSummary } from '../../src/report/heap-summary.ts';
import type { Comparison, Report } from '../../src/report/schema.ts';
import { heapSummary } from '../present/heaps.ts';
import { MARKUP_ATTACKS } from '../present/hostile-names.ts';
import {
  contendedReport,
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  packageFinding,
  sessionsFinding,
  snapshotReport,
  steadyReport,
  unexplainedReport,
  withHostileText,
} from '../present/reports.ts';
import {
  chromiumPath,
  drag,
  expectChosenMoments,
  expectFingersToMoveAndZoom,
  launchChromium,
  noteComplaints,
  seriousProblems,
} from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const DESK = { width: 1280, height: 720 };

const PAGES: Readonly<Record<string, Report | Comparison | HeapSummary>> = {
  heap: heapSummary(),
  leaking: leakingReport({ findings: [sessionsFinding(), packageFinding()] }),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  contended: contendedReport(),
  died: diedReport(),
  unexplained: unexplainedReport(),
  snapshot: snapshotReport(),
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
      const pictures = await page.locator('.chart, .tiles').all();
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) expect(await picture.isVisible()).toBe(true);
      expect(await page.locator('.plot:visible').count()).toBe(0);
      await page.context().close();
      await (await open(browser, name, {}, seen)).context().close();
      expect(seen).toEqual([]);
    },
  );

  test.each(Object.keys(PAGES))(
    '%s is no wider than a phone, and axe finds nothing that is serious, light or dark',
    async (name) => {
      // Axe is a script, which the page's own policy would not run.
      const page = await open(browser, name, { viewport: PHONE.viewport, bypassCSP: true });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.setViewportSize(DESK);
      expect(await seriousProblems(page)).toEqual([]);
      await page.context().close();
    },
  );

  test('a name that would be a script is none, and is read as it is', async () => {
    const page = await open(browser, 'hostile', {});
    expect(await page.locator('img, a, iframe, b b').count()).toBe(0);
    // What the page knows, and the one that reads it.
    expect(await page.locator('script').count()).toBe(2);
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

  test('where a script runs, the flame graph is of what was allocated between any two moments', async () => {
    const page = await open(browser, 'leaking', {});
    expect(await page.locator('.moments').count()).toBe(0);
    await expectChosenMoments(page);
    await page.context().close();
  });

  test('boxes are reached by keys and by a tap, and say what their tooltip has', async () => {
    for (const [name, picture, words] of [
      ['heap', '.tiles', 'sessions: Map: 46.0 MB, 57.8 %'],
      ['snapshot', '.tiles', 'sessions: Map: 46.0 MB, 57.8 %'],
      ['leaking', '.flame', 'processTimers, node:internal/timers:500: 266 MB'],
    ] as const) {
      const seen: string[] = [];
      const page = await open(browser, name, {}, seen);
      const tip = page.locator('.of-box');
      const title = (box: number): Promise<string | null> =>
        page.locator(`${picture} > svg > title`).nth(box).textContent();
      await page.locator(picture).focus();
      expect(await tip.isVisible()).toBe(false);
      await page.keyboard.press('Enter');
      expect(await tip.innerText()).toBe(words);
      expect(await page.locator('body > .unseen').textContent()).toBe(words);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      expect(await tip.innerText()).toBe(await title(2));
      await page.keyboard.press('ArrowLeft');
      expect(await tip.innerText()).toBe(await title(1));
      expect(await page.locator('[data-reached]').count()).toBe(1);
      await page.keyboard.press('Escape');
      expect(await tip.isVisible()).toBe(false);
      await page
        .locator(`${picture} > svg`)
        .nth(2)
        .click({ position: { x: 4, y: 4 } });
      expect(await tip.innerText()).toBe(await title(2));
      await page.keyboard.press('Tab');
      expect(await tip.isVisible()).toBe(false);
      await page.context().close();
      expect(seen).toEqual([]);
    }
  });

  test('both charts of a comparison are equally wide and high', async () => {
    const page = await open(browser, 'comparison', { viewport: { width: 1280, height: 900 } });
    for (const charts of ['.plot', '.chart']) {
      const boxes = await Promise.all((await page.locator(charts).all()).map((chart) => chart.boundingBox()));
      expect(boxes).toHaveLength(2);
      const [left, right] = boxes;
      expect(left?.width).toBeGreaterThan(400);
      expect([left?.width, left?.height, left?.y]).toEqual([right?.width, right?.height, right?.y]);
      await page.emulateMedia({ media: 'print' });
    }
    await page.context().close();
  });

  test('a stretch is zoomed into by drag and by keys, and all of it comes back', async () => {
    const page = await open(browser, 'leaking', {});
    const stretch = page.locator('.stretch').first();
    // It is the first that one comes to by keys.
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.className')).toBe('plot');
    await drag(page, 0.25, 0.5);
    // The chart is of 30 s.
    expect(await stretch.innerText()).toMatch(/^[78] s to 1[456] s$/);
    await page.keyboard.press('0');
    expect(await stretch.innerText()).toBe('');
    await page.keyboard.press('+');
    const closer = await stretch.innerText();
    expect(closer).toMatch(/ to /);
    await page.keyboard.press('-');
    expect(await stretch.innerText()).toBe('');
    await page.context().close();
  });

  test('fingers move and zoom a chart that is zoomed into, scroll the page up and down, and read off by a tap', async () => {
    const seen: string[] = [];
    const page = await open(browser, 'leaking', PHONE, seen);
    await expectFingersToMoveAndZoom(page);
    await page.context().close();
    expect(seen).toEqual([]);
  });

  test('the cursor reads off what was measured, by mouse and by keys', async () => {
    const page = await open(browser, 'leaking', {});
    const box = await page.locator('.plot .u-over').first().boundingBox();
    if (box === null) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width * (10 / 29.9), box.y + 100);
    // The floor at 10 s is 30 MB and eight times 56 MB.
    expect(await page.locator('.tip').first().innerText()).toMatch(
      /^10 s\nafter GC 478 MB\nheap used \d+ MB\nrss \d+ MB$/,
    );
    await page.locator('.plot').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.plot .unseen').first().innerText()).toMatch(/^11 s, after GC 478 MB/);
    await page.context().close();
  });

  test('both sides of a comparison have one cursor and one zoom', async () => {
    const page = await open(browser, 'comparison', { viewport: { width: 1280, height: 900 } });
    await drag(page, 0.1, 0.4);
    const [left, right] = await page.locator('.stretch').allInnerTexts();
    expect(left).toMatch(/ to /);
    expect(right).toBe(left);
    const tips = await page.locator('.tip:not([hidden])').allInnerTexts();
    expect(tips).toHaveLength(2);
    expect(tips[0]?.split('\n')[0]).toBe(tips[1]?.split('\n')[0]);
    await page.context().close();
  });

  test('the script has the licence of what it contains, and nothing that ends its element', () => {
    const script = readFileSync('dist/file-page.js', 'utf8');
    expect(script).toContain('Leon Sorokin');
    expect(script).not.toMatch(/<\/script|<!--/i);
  });

  test('on paper the charts are those that need no script', async () => {
    const page = await open(browser, 'leaking', {});
    expect(await page.locator('.chart:visible').count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.plot:visible, .tools:visible').count()).toBe(0);
    expect(await page.locator('.chart:visible').count()).toBe(await page.locator('.chart').count());
    await page.context().close();
  });

  test('a script that is not the one that leakline wrote is not run', async () => {
    const seen: string[] = [];
    const page = await open(browser, 'leaking', {}, seen, (html) =>
      html.replace('</body>', '<script>document.title = "changed"</script></body>'),
    );
    expect(await page.title()).toContain('LEAKING');
    expect(seen.join()).toContain('Content Security Policy');
    await page.context().close();
  });
});

async function open(
  browser: Browser,
  name: string,
  options: BrowserContextOptions,
  seen: string[] = [],
  change = (html: string): string => html,
): Promise<Page> {
  const file = join(folder, `${name}.html`);
  const document = PAGES[name];
  if (document === undefined) throw new Error(`there is no page ${name}`);
  const script = readFileSync('dist/file-page.js', 'utf8');
  const html =
    document.schema === 'leakline/heap-summary@1'
      ? renderHeapHtml(document, script)
      : renderHtml(document, { withSource: true, script });
  writeFileSync(file, change(html));
  const page = await (await browser.newContext(options)).newPage();
  noteComplaints(page, seen);
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) seen.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}
