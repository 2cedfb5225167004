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

/** How a page that was opened with touch is told of fingers: where they are now, in parts of the first chart's size; none when all are up. */
type Fingers = (...places: readonly (readonly [x: number, y: number])[]) => Promise<void>;

/** The fingers go on in steps, as they do, and each is a touch of its own. */
async function fingersOn(page: Page): Promise<Fingers> {
  const over = page.locator('.plot .u-over').first();
  await over.waitFor();
  const session = await page.context().newCDPSession(page);
  let down = 0;
  let box = await over.boundingBox();
  return async (...places) => {
    if (down === 0) box = await over.boundingBox();
    if (box === null) throw new Error('the chart has no place');
    const { x: left, y: top, width, height } = box;
    const type = places.length === 0 ? 'touchEnd' : places.length > down ? 'touchStart' : 'touchMove';
    down = places.length;
    await session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map(([x, y], id) => ({
        x: left + width * x,
        y: top + height * y,
        id,
      })),
    });
  };
}

/** Of a page with a chart of 30 s that was opened with touch. */
export async function expectFingersToMoveAndZoom(page: Page): Promise<void> {
  const stretch = page.locator('.stretch').first();
  const touch = await fingersOn(page);
  /** In seconds, as the page rounds them. */
  const expectStretch = async (from: number, until: number): Promise<void> => {
    await page.evaluate('new Promise(requestAnimationFrame)');
    const words = await stretch.innerText();
    const [shownFrom = NaN, shownUntil = NaN] = words.match(/\d+/g)?.map(Number) ?? [];
    expect(Math.abs(shownFrom - from), words).toBeLessThanOrEqual(1);
    expect(Math.abs(shownUntil - until), words).toBeLessThanOrEqual(1);
  };
  const expectAll = async (): Promise<void> => {
    await page.evaluate('new Promise(requestAnimationFrame)');
    expect(await stretch.innerText()).toBe('');
  };
  const glide = async (from: number, to: number, y = 0.5, toY = y): Promise<void> => {
    for (let step = 0; step <= 8; step += 1)
      await touch([from + ((to - from) * step) / 8, y + ((toY - y) * step) / 8]);
    await touch();
  };
  // Where all of it is seen there is nothing to move.
  await glide(0.8, 0.4);
  await expectAll();
  await page.getByRole('button', { name: 'Zoom in' }).first().tap();
  await expectStretch(6, 24);
  await glide(0.7, 0.7 - 1 / 6);
  await expectStretch(9, 27);
  // No further than to the end, and the stretch stays as long.
  await glide(0.9, 0.1);
  await expectStretch(12, 30);
  await glide(0.1, 0.1 + 1 / 3);
  await expectStretch(6, 24);
  // The times under the fingers are 12 and 18 s.
  for (const inset of [1 / 3, 0.28, 0.22, 1 / 6]) await touch([inset, 0.4], [1 - inset, 0.6]);
  await touch();
  await expectStretch(10.5, 19.5);
  for (const inset of [0.1, 0.2, 0.3, 0.4]) await touch([inset, 0.4], [1 - inset, 0.6]);
  await touch();
  await expectAll();
  await page.getByRole('button', { name: 'Zoom in' }).first().tap();
  const box = await page.locator('.plot .u-over').first().boundingBox();
  await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) * 0.8);
  // The middle of what is seen.
  await expect.poll(() => page.locator('.tip').first().innerText()).toMatch(/^15 s\nafter GC \d+ MB/);
  // Up and down the page is scrolled, as ever.
  await glide(0.5, 0.5, 0.8, 0.1);
  await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(50);
  await expectStretch(6, 24);
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

/**
 * What axe finds serious by day and by night. Axe is a script, so the page has to be opened with `bypassCSP`. About a
 * second for each of the two.
 */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
  const problems: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as WithAxe).axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`);
    });
    problems.push(...found.map((problem) => `${colorScheme}: ${problem}`));
  }
  return problems;
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
