/**
 * How soon the live page and the page in a file show an hour of samples, and how smooth it stays while one zooms: how long each frame of
 * the browser took while the wheel was turned a hundred times, with nothing new and with a new sample twice a second.
 *
 *     npm run bench -- page-open
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '../src/core/bytes.ts';
import { renderHtml } from '../src/present/html/page.ts';
import { documentFrame } from '../src/present/web/frames.ts';
import { PageServer } from '../src/present/web/page-server.ts';
import type { Report } from '../src/report/schema.ts';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/live/browser.ts';
import { leakingReport } from '../test/present/reports.ts';

const RUNS = 10;
const TURNS = 100;

const script = readFileSync('dist/web.js', 'utf8');
const fileScript = readFileSync('dist/file-page.js', 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'leakline-page-open-'));
const file = join(folder, 'hour.html');
const report = hour(3600);
writeFileSync(file, renderHtml(report, { withSource: true, script: fileScript }));
const browser = await launchChromium();
const openedMs: number[] = [];
const fileOpenedMs: number[] = [];
const frameMs: number[] = [];
const livelyFrameMs: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  const server = await PageServer.open({ name: 'an hour', script });
  server.show(report);
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const beganMs = performance.now();
  await page.goto(server.url);
  await page.locator('.plot canvas').first().waitFor();
  openedMs.push(performance.now() - beganMs);
  await page.locator('.plot .u-over').first().hover();
  await page.evaluate(
    'globalThis.frames_ = []; let last = performance.now(); requestAnimationFrame(function next(now) { frames_.push(now - last); last = now; requestAnimationFrame(next); })',
  );
  frameMs.push(...(await framesWhileZooming(page)));
  let seconds = 3600;
  const news = setInterval(() => {
    seconds += 1;
    server.show(hour(seconds));
  }, 500);
  livelyFrameMs.push(...(await framesWhileZooming(page)));
  clearInterval(news);
  const fromFileMs = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.locator('.plot canvas').first().waitFor();
  fileOpenedMs.push(performance.now() - fromFileMs);
  await page.context().close();
  await server.close();
}
rmSync(folder, { recursive: true });
await browser.close();

process.stdout.write(
  [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Chromium ${browser.version()}`,
    `script ${formatBytes(script.length)}, ${formatBytes(gzipSync(script, { level: 9 }).length)} gzipped; an hour is one frame of ${formatBytes(JSON.stringify(documentFrame(report, 'an hour')).length)}`,
    `opened, from the address to the chart: ${openedWords(openedMs)}; from a file: ${openedWords(fileOpenedMs)}`,
    `while zooming: ${frameWords(frameMs)}`,
    `while zooming, with a new sample twice a second: ${frameWords(livelyFrameMs)}`,
    '',
  ].join('\n'),
);

/** How long each frame took. */
async function framesWhileZooming(page: Page): Promise<number[]> {
  await page.evaluate('frames_.length = 0');
  await page.keyboard.down('Control');
  for (let turn = 0; turn < TURNS; turn += 1) await page.mouse.wheel(0, turn % 20 < 10 ? -100 : 100);
  await page.keyboard.up('Control');
  return page.evaluate<number[]>('frames_.slice(1)');
}

function openedWords(ms: readonly number[]): string {
  return `median ${Math.round(quantile(ms, 0.5))} ms, longest of ${RUNS} ${Math.round(quantile(ms, 1))} ms`;
}

function frameWords(ms: readonly number[]): string {
  const [median, most, longest] = [0.5, 0.99, 1].map((share) => quantile(ms, share).toFixed(1));
  return `${ms.length} frames, median ${median} ms, 99 % ${most} ms, longest ${longest} ms`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** One sample a second, one major collection every five. */
function hour(seconds: number): Report {
  const base = leakingReport();
  const timeMs = Array.from({ length: seconds }, (_, second) => second * 1000);
  const floor = timeMs
    .filter((_, second) => second % 5 === 0)
    .map((at) => ({ timeMs: at, bytes: 30e6 + at * 20, externalBytes: null }));
  return {
    ...base,
    durationMs: seconds * 1000,
    series: {
      ...base.series,
      timeMs,
      rss: timeMs.map((at) => 120e6 + at * 22),
      heapUsed: timeMs.map((at, second) => 30e6 + at * 20 + 2e6 * (second % 5)),
      floor,
    },
    gc: floor.map((one) => ({
      timeMs: one.timeMs,
      kind: 'major',
      durationMs: 4,
      beforeBytes: one.bytes + 10e6,
      afterBytes: one.bytes,
      forced: false,
      afterGap: false,
    })),
  };
}
