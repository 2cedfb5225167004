import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** The system's Chromium; scripts/chromium.mjs, which runs before the tests, says why there is none. */
export const chromiumPath: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    // Chromium's own sandbox does not start for root, as which containers run.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** Puts into `seen` whatever a page says that nobody asked it to say. */
export function noteComplaints(page: Page, seen: string[]): void {
  page.on('console', (message) => seen.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    seen.push('dialog');
    void dialog.dismiss();
  });
}

/** Over the first chart, between two parts of its width. */
export async function drag(page: Page, from: number, to: number): Promise<void> {
  const over = page.locator('.plot .u-over').first();
  await over.waitFor();
  const box = await over.boundingBox();
  if (box === null) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * from, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + 90, { steps: 4 });
  await page.mouse.up();
}

/** Of a page with the sampled growth of test/present/reports.ts, which has 73, 70, 68, 69 and 72 MB in its fifths. */
export async function expectChosenMoments(page: Page): Promise<void> {
  const figure = page.locator('.flames');
  const sum = figure.locator('.sum');
  await sum.waitFor();
  expect(await sum.innerText()).toBe('Drawn: 280 MB allocated from 9.4 to 14.2 s.');
  await figure.locator('summary').click();
  await figure.locator('select.from').focus();
  await page.keyboard.press('ArrowDown');
  expect(await sum.innerText()).toBe('Drawn: 207 MB allocated from 10.6 to 14.2 s.');
  expect(await figure.locator('.flame').getAttribute('aria-label')).toContain(
    '207 MB allocated from 10.6 to 14.2 s',
  );
  expect(await figure.locator('tbody tr').first().innerText()).toMatch(/onTick[^]*198 MB\s+95\.7 %/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  // The first moment gave way: between a moment and itself there is nothing.
  expect(await sum.innerText()).toBe('Drawn: 73.0 MB allocated from 9.4 to 10.6 s.');
  expect(await figure.locator('select.from').inputValue()).toBe('0');
  // The stack of 5 MB that the program made once is in this fifth and in no other but the last.
  expect(await figure.locator('tbody tr').allInnerTexts()).toContainEqual(
    expect.stringContaining('onMessage'),
  );
  await page.keyboard.press('End');
  expect(await sum.innerText()).toBe('Drawn: 352 MB allocated from 9.4 to 15.4 s.');
}

/** What axe finds serious. Axe is a script, so the page has to be opened with `bypassCSP`. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as WithAxe).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
  });
}

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
