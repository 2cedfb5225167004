import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PageServer } from '../../src/present/web/page-server.ts';
import type { Comparison, Report, Reports } from '../../src/report/schema.ts';
import { MARKUP_ATTACKS } from '../present/hostile-names.ts';
import {
  contendedReport,
  diedReport,
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  sampledGrowth,
  sessionsFinding,
  snapshotReport,
  steadyReport,
  withHostileText,
} from '../present/reports.ts';
import { PROCESSES } from '../present/processes.ts';
import {
  chromiumPath,
  drag,
  expectChosenMoments,
  expectFingersToMoveAndZoom,
  launchChromium,
  noteComplaints,
  seriousProblems,
} from './browser.ts';
import { printedUrl } from './processes.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const DESK = { width: 1280, height: 720 };

const DOCUMENTS: Readonly<Record<string, Report | Reports | Comparison>> = {
  leaking: leakingReport({ findings: [sessionsFinding(), packageFinding()] }),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  contended: contendedReport(),
  died: diedReport(),
  reports: { schema: 'leakline/reports@1', reports: [leakingReport(), steadyReport()] },
  snapshot: snapshotReport(),
  comparison: labComparison(labSides(diedReport())),
  hostile: {
    ...withHostileText(leakingReport({ findings: [packageFinding()] }), MARKUP_ATTACKS.join('')),
    schema: 'leakline/report@1',
  },
};

describe.skipIf(chromiumPath === undefined)('the live page in a browser', () => {
  let browser: Browser;
  const servers: PageServer[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(): Promise<PageServer> {
    const server = await PageServer.open({ name: 'pid 4242', script: readFileSync('dist/web.js', 'utf8') });
    servers.push(server);
    return server;
  }

  async function openDocument(
    name: string,
    options: BrowserContextOptions = {},
    seen: string[] = [],
  ): Promise<Page> {
    const server = await serve();
    const document = DOCUMENTS[name];
    if (document === undefined) throw new Error(`there is no document ${name}`);
    server.show(document);
    return openPage(browser, server.url, options, seen);
  }

  test.each(Object.keys(DOCUMENTS))('%s is drawn, and says nothing on the console', async (name) => {
    const seen: string[] = [];
    const page = await openDocument(name, {}, seen);
    await page.locator('.plot canvas').first().waitFor();
    expect(await page.locator('h1').count()).toBe(1);
    // The address holds no token any more.
    expect(page.url()).not.toContain('token');
    await page.context().close();
    expect(seen).toEqual([]);
  });

  test.each(Object.keys(DOCUMENTS))(
    '%s is no wider than a phone, and axe finds nothing that is serious, light or dark',
    async (name) => {
      const page = await openDocument(name, { viewport: PHONE.viewport, bypassCSP: true });
      await page.locator('.plot canvas').first().waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.setViewportSize(DESK);
      expect(await seriousProblems(page)).toEqual([]);
      await page.context().close();
    },
  );

  test('names that would be markup are read as they are, and make nothing', async () => {
    const page = await openDocument('hostile');
    await page.locator('.plot canvas').first().waitFor();
    expect(await page.locator('#page').locator('script, img, a, iframe, b b').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('</script><script>alert(1)</script>');
    await page.context().close();
  });

  test('why nothing can be said stands above what was measured', async () => {
    const page = await openDocument('contended');
    await page.locator('.plot canvas').first().waitFor();
    const note = await page.locator('section', { hasText: 'another debugger is connected' }).boundingBox();
    const chart = await page.locator('.plot').first().boundingBox();
    expect(note?.y).toBeLessThan(chart?.y ?? 0);
    expect(await page.getByText('another debugger is connected').count()).toBe(1);
    await page.context().close();
  });

  test('a finding is opened to the calls that add, by the mouse and by a key, and stays open when news come', async () => {
    const server = await serve();
    const findings = [sessionsFinding(), packageFinding()];
    server.show(leakingReport({ findings }));
    const page = await openPage(browser, server.url);
    const opener = page.locator('summary', { hasText: 'Who adds: the calls' }).first();
    const calls = page.locator('details', { has: opener }).locator('.stack li');
    expect(await calls.first().isVisible()).toBe(false);
    await opener.click();
    expect(await calls.first().isVisible()).toBe(true);
    expect(await calls.first().innerText()).toContain('common.js');
    server.show(leakingReport({ findings, durationMs: 99_000 }));
    await page.getByText('watched 99 s').first().waitFor();
    expect(await calls.first().isVisible()).toBe(true);
    await opener.press('Enter');
    expect(await calls.first().isVisible()).toBe(false);
    await page.context().close();
  });

  test('the flame graph and the sparklines are pictures that fit, and each has its figures beside it', async () => {
    const page = await openDocument('leaking', { viewport: { width: 360, height: 740 } });
    const flame = page.locator('.flame');
    await flame.waitFor();
    const whole = await flame.boundingBox();
    const boxes = await Promise.all(
      (await flame.locator('svg > rect').all()).map((rect) => rect.boundingBox()),
    );
    expect(boxes.length).toBeGreaterThan(5);
    for (const box of boxes) {
      // Half of a box's edge is drawn outside of it.
      expect(box?.x).toBeGreaterThanOrEqual((whole?.x ?? 0) - 1);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(
        (whole?.x ?? 0) + (whole?.width ?? 0) + 1,
      );
    }
    await page.locator('.flames summary').click();
    expect(await page.locator('.flames tbody tr').first().innerText()).toContain('onTick');
    expect(await page.locator('.spark').count()).toBe(3);
    await page.context().close();
  });

  test('the script is a part of what it may be', () => {
    expect(gzipSync(readFileSync('dist/web.js')).length).toBeLessThan(150_000);
  });

  test('a second browser is not let in by the same address', async () => {
    const server = await serve();
    server.show(steadyReport());
    const first = await openPage(browser, server.url);
    await first.locator('.verdict').waitFor();
    const second = await openPage(browser, server.url);
    expect(await second.locator('body').innerText()).toBe('Refused.\n');
    // The first may come again, by its address or by that which was printed.
    await first.reload();
    await first.locator('.verdict').waitFor();
    await first.goto(server.url);
    await first.locator('.verdict').waitFor();
    await first.context().close();
    await second.context().close();
  });

  test('a stretch is zoomed into by drag and by keys, and all of it comes back', async () => {
    const page = await openDocument('leaking');
    const stretch = page.locator('.stretch').first();
    await drag(page, 0.25, 0.5);
    // The chart is of 30 s.
    expect(await stretch.innerText()).toMatch(/^[78] s to 1[456] s$/);
    await page.locator('.plot .u-over').first().dblclick();
    expect(await stretch.innerText()).toBe('');
    await page.locator('.plot').first().focus();
    await page.keyboard.press('+');
    const closer = await stretch.innerText();
    expect(closer).not.toBe('');
    await page.keyboard.press('+');
    expect(await stretch.innerText()).not.toBe(closer);
    await page.keyboard.press('0');
    expect(await stretch.innerText()).toBe('');
    await page.getByRole('button', { name: 'Zoom in' }).first().click();
    expect(await stretch.innerText()).not.toBe('');
    await page.context().close();
  });

  test('what is seen moves along with a cursor that leaves it by keys, as far as was measured', async () => {
    const page = await openDocument('leaking');
    await drag(page, 0.25, 0.48);
    await page.mouse.move(0, 0);
    await page.locator('.plot').first().focus();
    /** The stretch that is seen, and the time that the cursor tells, shown and said. */
    const after = async (...keys: readonly string[]): Promise<(string | undefined)[]> => {
      for (const key of keys) await page.keyboard.press(key);
      return [
        await page.locator('.stretch').first().innerText(),
        (await page.locator('.tip').first().innerText()).split('\n')[0],
        (await page.locator('.plot .unseen').first().innerText()).split(',')[0],
      ];
    };
    // 7.5 to 14.4 s, by a sample a second; from nowhere to the last that is seen.
    expect(await after('ArrowRight')).toEqual([expect.stringMatching(/^[78] s to 14 s$/), '14 s', '14 s']);
    expect(await after('Shift+ArrowLeft')).toEqual([expect.stringMatching(/^4 s to 1[01] s$/), '4 s', '4 s']);
    expect(await after('Shift+ArrowRight')).toEqual([
      expect.stringMatching(/^[67] s to 14 s$/),
      '14 s',
      '14 s',
    ]);
    // The last sample is of 23 s; the forecast behind it was not measured.
    const last = await after('Shift+ArrowRight');
    expect(last).toEqual([expect.stringMatching(/^1[56] s to 23 s$/), '23 s', '23 s']);
    expect(await after('ArrowRight')).toEqual(last);
    expect(await after('ArrowLeft', 'ArrowLeft')).toEqual([last[0], '21 s', '21 s']);
    const first = await after('Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft');
    expect(first[0]).toMatch(/ to [67] s$/);
    expect(first[1]).toMatch(/^0\b/);
    expect(first[2]).toBe(first[1]);
    await page.context().close();
  });

  test('the floors alone say where their figures are', async () => {
    const page = await openDocument('steady');
    await page.locator('.plot canvas').nth(1).waitFor();
    expect(await page.locator('.plot').nth(1).getAttribute('aria-label')).toContain(
      'Its figures are in the column “after GC” of the table above.',
    );
    const columns = page.locator('figure:has(+ figure .plot) .figures thead th');
    expect(await columns.allTextContents()).toContain('after GC');
    await page.context().close();
  });

  test('fingers move and zoom a chart that is zoomed into, scroll the page up and down, and read off by a tap', async () => {
    const seen: string[] = [];
    const page = await openDocument('leaking', PHONE, seen);
    await expectFingersToMoveAndZoom(page);
    await page.context().close();
    expect(seen).toEqual([]);
  });

  test('the cursor reads off what was measured, by mouse and by keys', async () => {
    const page = await openDocument('leaking');
    const box = await page.locator('.plot .u-over').first().boundingBox();
    if (box === null) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width * (10 / 29.9), box.y + 100);
    const tip = page.locator('.tip').first();
    // The floor at 10 s is 30 MB and eight times 56 MB.
    expect(await tip.innerText()).toMatch(/^10 s\nafter GC 478 MB\nheap used \d+ MB\nrss \d+ MB$/);
    await page.mouse.move(0, 0);
    expect(await tip.isVisible()).toBe(false);
    await page.locator('.plot').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.plot .unseen').first().innerText()).toMatch(/^22 s, after GC 1\.15 GB/);
    await page.context().close();
  });

  test('both sides of a comparison have one cursor and one zoom', async () => {
    const page = await openDocument('comparison', { viewport: { width: 1280, height: 900 } });
    const box = await page.locator('.plot .u-over').first().boundingBox();
    if (box === null) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width / 4, box.y + 100);
    const tips = await page.locator('.tip:not([hidden])').allInnerTexts();
    expect(tips).toHaveLength(2);
    expect(tips[0]?.split('\n')[0]).toBe(tips[1]?.split('\n')[0]);
    await drag(page, 0.1, 0.4);
    const [left, right] = await page.locator('.stretch').allInnerTexts();
    expect(left).toMatch(/ to /);
    expect(right).toBe(left);
    await page.context().close();
  });

  test('the charts of both sides stand at one height, whatever is said above them', async () => {
    const server = await serve();
    const told = { ...steadyReport(), gc: [], series: { ...steadyReport().series, floor: [] } };
    server.update(liveView(5_000, [liveSide('fixed', told), liveSide('leaking', leakingReport())]));
    const page = await openPage(browser, server.url, { viewport: { width: 1280, height: 900 } });
    await page.locator('.plot canvas').nth(1).waitFor();
    const boxes = await Promise.all((await page.locator('.plot').all()).map((plot) => plot.boundingBox()));
    expect([boxes[0]?.y, boxes[0]?.height]).toEqual([boxes[1]?.y, boxes[1]?.height]);
    await page.context().close();
  });

  test('it follows the watch, and what the reader did stays as it was', async () => {
    const server = await serve();
    const seen: string[] = [];
    const page = await openPage(browser, server.url, {}, seen);
    expect(await page.locator('main').innerText()).toContain('Waiting');
    server.update(liveView(1_000, [liveSide('pid 4242', null, { activity: 'starting' })]));
    await page.locator('.live', { hasText: 'starting' }).waitFor();
    server.update(liveView(5_000, [liveSide('pid 4242', inconclusiveReport())]));
    await page.locator('.verdict', { hasText: 'NO VERDICT YET' }).waitFor();
    // A screen reader says what comes into this.
    const aloud = page.locator('#verdict[role="status"]');
    expect(await aloud.innerText()).toBe('NO VERDICT YET');
    await page.locator('.figures summary').click();
    await page.locator('.plot').first().focus();
    await drag(page, 0.1, 0.4);
    const stretch = await page.locator('.stretch').first().innerText();
    server.update(liveView(23_000, [liveSide('pid 4242', leakingReport())]));
    await page.locator('.verdict.leaking', { hasText: 'LEAKING' }).waitFor();
    expect(await aloud.innerText()).toBe('LEAKING +56.0 MB/s after GC');
    expect(await page.locator('.finding h2').innerText()).toBe('7 WebSockets are CLOSED and still held');
    expect(await page.locator('.figures table').isVisible()).toBe(true);
    expect(await page.locator('.stretch').first().innerText()).toBe(stretch);
    expect(await page.evaluate<string>('document.activeElement.className')).toContain('plot');
    server.show(leakingReport({ growth: { ...leakingReport().growth, bytesPerSecond: 57e6 } }));
    await server.close();
    await page.locator('#connection', { hasText: 'leakline has ended' }).waitFor();
    expect(await page.locator('.verdict .word').innerText()).toContain('LEAKING +57.0 MB/s');
    // Not said again: the word is the same.
    expect(await aloud.innerText()).toBe('LEAKING +56.0 MB/s after GC');
    await page.context().close();
    expect(seen).toEqual([]);
  });

  test('of two sides each verdict is said by its name', async () => {
    const page = await openDocument('comparison');
    await page.locator('.verdict').nth(1).waitFor();
    expect(await page.locator('#verdict').innerText()).toBe(
      'fixed STEADY +1.20 KB/s after GC, leaking LEAKING +56.0 MB/s after GC',
    );
    await page.context().close();
  });

  test('it turns dark with the system, charts included', async () => {
    const page = await openDocument('leaking', { colorScheme: 'light' });
    await page.locator('.plot canvas').first().waitFor();
    const drawing = (): Promise<string> =>
      page.evaluate<string>("document.querySelector('.plot canvas').toDataURL()");
    const light = await drawing();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(drawing).not.toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(drawing).toBe(light);
    await page.context().close();
  });

  test('on paper it is light, charts included', async () => {
    const page = await openDocument('leaking', { colorScheme: 'dark' });
    await page.locator('.plot canvas').first().waitFor();
    const drawing = (): Promise<string> =>
      page.evaluate<string>("document.querySelector('.plot canvas').toDataURL()");
    const dark = await drawing();
    await page.emulateMedia({ colorScheme: 'light', media: 'print' });
    await expect.poll(drawing).not.toBe(dark);
    const paper = await drawing();
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    await expect.poll(drawing).toBe(paper);
    await page.emulateMedia({ colorScheme: 'dark', media: 'screen' });
    await expect.poll(drawing).toBe(dark);
    await page.context().close();
  });

  test('the flame graph is of what was allocated between the two moments that are chosen, by keys too', async () => {
    const page = await openDocument('leaking');
    await expectChosenMoments(page);
    await page.context().close();
  });

  test('a box that was reached by keys stays reached while the page goes on', async () => {
    const server = await serve();
    server.update(liveView(23_000, [liveSide('pid 4242', snapshotReport())]));
    const page = await openPage(browser, server.url);
    for (const picture of ['.tiles', '.flame']) {
      await page.locator(picture).focus();
      await page.keyboard.press('End');
      const words = await page.locator('.of-box').innerText();
      server.update(liveView(24_000, [liveSide('pid 4242', snapshotReport())]));
      await page.locator('.live', { hasText: '24 s' }).waitFor();
      expect(await page.evaluate<string>('document.activeElement.classList[0]')).toBe(picture.slice(1));
      expect(await page.locator(`${picture} > [data-reached] > title`).textContent()).toBe(words);
      expect(await page.locator('.of-box').innerText()).toBe(words);
      server.update(liveView(23_000, [liveSide('pid 4242', snapshotReport())]));
      await page.locator('.live', { hasText: '23 s' }).waitFor();
    }
    await page.context().close();
  });

  test('the mark stays with its function when the flame graph changes, and goes where that is no longer in it', async () => {
    const server = await serve();
    const page = await openPage(browser, server.url);
    const growth = sampledGrowth();
    const show = async (second: number, stacks: typeof growth.stacks): Promise<void> => {
      const report = leakingReport({ sampledGrowth: { ...growth, stacks } });
      server.update(liveView(second * 1000, [liveSide('pid 4242', report)]));
      await page.locator('.live', { hasText: `${second} s` }).waitFor();
    };
    const tip = page.locator('.of-box');
    const marked = page.locator('[data-reached] > title');
    await show(23, growth.stacks);
    await page.locator('.flame').focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await tip.innerText()).toBe('onTick, src/server.ts:10: 264 MB');
    // Its stack has 66 MB in each fifth of the window.
    await page.evaluate(
      "document.querySelector('select.from').value = '1'; document.querySelector('select.from').dispatchEvent(new Event('change', { bubbles: true }))",
    );
    expect(await tip.innerText()).toBe('onTick, src/server.ts:10: 198 MB');
    expect(await marked.allTextContents()).toEqual(['onTick, src/server.ts:10: 198 MB']);
    // What was right of it has grown, and is left of it now.
    const [own, received, message, ...others] = growth.stacks;
    if (own === undefined || received === undefined || message === undefined) throw new Error('no stacks');
    const larger = { ...received, bytesByAge: received.bytesByAge.map((bytes) => 1000 * bytes) };
    await show(24, [own, larger, message, ...others]);
    expect(await page.locator('.flame > svg > title').first().textContent()).toContain('emit');
    expect(await marked.allTextContents()).toEqual(['onTick, src/server.ts:10: 198 MB']);
    expect(await tip.innerText()).toBe('onTick, src/server.ts:10: 198 MB');
    // Called by another it is another box.
    await show(25, [{ ...own, frames: [0, 6] }, received, message, ...others]);
    expect(await page.locator('.flame').textContent()).toContain('onTick');
    expect(await marked.count()).toBe(0);
    expect(await tip.isVisible()).toBe(false);
    await page.context().close();
  });

  test('moments that were chosen stay chosen while the page goes on', async () => {
    const server = await serve();
    server.update(liveView(23_000, [liveSide('pid 4242', leakingReport())]));
    const page = await openPage(browser, server.url);
    await page.locator('select.from').selectOption('2');
    await page.locator('.flames summary').click();
    const grown = sampledGrowth();
    const stacks = grown.stacks.map((stack) => ({
      ...stack,
      bytesByAge: stack.bytesByAge.map((size) => 2 * size),
    }));
    const later = leakingReport({ sampledGrowth: { ...grown, stacks } });
    server.update(liveView(24_000, [liveSide('pid 4242', later)]));
    await page.locator('.live', { hasText: '24 s' }).waitFor();
    // From 11.8 to 14.2 s there were 68 and 69 MB, and now twice that.
    expect(await page.locator('.flames .sum').innerText()).toContain('274 MB allocated from 11.8 to 14.2 s');
    expect(await page.locator('select.from').inputValue()).toBe('2');
    expect(await page.locator('.flames table').isVisible()).toBe(true);
    await page.context().close();
  });

  test('`leakline ui FILE` shows a saved report until Ctrl-C', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakline-ui-'));
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify(labComparison()));
    const command = spawn(process.execPath, ['dist/cli.js', 'ui', file]);
    const exited = new Promise<number | null>((resolve) => command.once('exit', resolve));
    const page = await openPage(browser, await printedUrl(command));
    await page.locator('.plot canvas').nth(1).waitFor();
    command.kill('SIGINT');
    expect(await exited).toBe(130);
    await page.locator('#connection', { hasText: 'leakline has ended' }).waitFor();
    await page.context().close();
    rmSync(folder, { recursive: true });
  });

  test('`leakline ui` without a file lists the Node processes, each with the command that watches it', async () => {
    const command = spawn(process.execPath, ['dist/cli.js', 'ui']);
    const exited = new Promise<number | null>((resolve) => command.once('exit', resolve));
    const seen: string[] = [];
    const page = await openPage(browser, await printedUrl(command), {}, seen);
    await page.locator('.processes table').waitFor();
    // One that starts while the page is open appears on it, and goes from it.
    const attack = '<img src=x onerror=alert(1)>';
    const server = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', attack]);
    const row = page.locator('tr', { hasText: `leakline ${server.pid} --ui` });
    await row.waitFor();
    expect(await row.innerText()).toContain(attack);
    expect(await page.locator('#page').locator('script, img, a, button, form').count()).toBe(0);
    server.kill('SIGKILL');
    await row.waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    command.kill('SIGINT');
    expect(await exited).toBe(130);
    await page.context().close();
    expect(seen).toEqual([]);
  });

  test('axe finds nothing serious on the list of processes', async () => {
    const server = await serve();
    server.list(PROCESSES);
    const page = await openPage(browser, server.url, { bypassCSP: true });
    await page.locator('.processes table').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.context().close();
  });

  test('`judge --ui` shows the answer until Ctrl-C, and its exit code is that of the answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakline-judge-ui-'));
    const log = join(folder, 'gc.log');
    const lines = Array.from(
      { length: 80 },
      (_, second) =>
        `[7:0xab] ${second * 1000} ms: Mark-Compact 900.0 (990.0) -> ${20 + second}.0 (990.0) MB, 1.0 / 0.0 ms  (average`,
    );
    writeFileSync(log, lines.join('\n'));
    const command = spawn(process.execPath, ['dist/cli.js', 'judge', log, '--ui']);
    let stdout = '';
    command.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => command.once('exit', resolve));
    const seen: string[] = [];
    const page = await openPage(browser, await printedUrl(command), {}, seen);
    await page.locator('.verdict.leaking', { hasText: 'LEAKING' }).waitFor();
    await page.locator('.plot canvas').first().waitFor();
    expect(stdout).toContain('LEAKING');
    expect(command.exitCode).toBeNull();
    command.kill('SIGINT');
    expect(await exited).toBe(1);
    await page.locator('#connection', { hasText: 'leakline has ended' }).waitFor();
    await page.context().close();
    expect(seen).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('`run --ui` shows the program while it runs, and keeps standard output for the answer', async () => {
    const program =
      'const kept = []; setInterval(() => kept.push(new Array(1000).fill({})), 20); setTimeout(() => process.exit(), 6000)';
    const command = spawn(process.execPath, [
      'dist/cli.js',
      'run',
      '--ui',
      '--json',
      '-',
      '--',
      process.execPath,
      '-e',
      program,
    ]);
    let stdout = '';
    command.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => command.once('exit', resolve));
    const seen: string[] = [];
    const page = await openPage(browser, await printedUrl(command), {}, seen);
    await page.locator('.now', { hasText: 'live' }).waitFor();
    await page.locator('.plot canvas').first().waitFor();
    await exited;
    const report = JSON.parse(stdout) as Report;
    expect(report.schema).toBe('leakline/report@1');
    await page.locator('#connection', { hasText: 'leakline has ended' }).waitFor();
    // The answer itself, which is no watch any more.
    expect(await page.locator('.live').innerText()).toBe('leakline run');
    expect(await page.locator('.verdict .reason').innerText()).toContain(report.verdict.reason.slice(1));
    await page.context().close();
    expect(seen).toEqual([]);
  });
});

async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  seen: string[] = [],
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  noteComplaints(page, seen);
  await page.goto(url);
  // The entrance leads on by itself; who is refused stays.
  await page.locator('#connection, pre').first().waitFor({ state: 'attached' });
  return page;
}
