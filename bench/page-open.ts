/**
 * How soon the live page shows an hour of samples, and how smooth it stays while one zooms: how long each frame of the browser
 * took while the wheel was turned a hundred times.
 *
 *     npm run bench -- page-open
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '../src/core/bytes.ts';
import { documentFrame } from '../src/present/web/frames.ts';
import { PageServer } from '../src/present/web/page-server.ts';
import type { Report } from '../src/report/schema.ts';
import { launchChromium } from '../test/live/browser.ts';
import { leakingReport } from '../test/present/reports.ts';

const RUNS = 10;
const TURNS = 100;

const script = readFileSync('dist/web.js', 'utf8');
const report = hour();
const browser = await launchChromium();
const openedMs: number[] = [];
let frameMs: number[] = [];
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
  await page.keyboard.down('Control');
  for (let turn = 0; turn < TURNS; turn += 1) await page.mouse.wheel(0, turn % 20 < 10 ? -100 : 100);
  await page.keyboard.up('Control');
  frameMs = frameMs.concat(await page.evaluate<number[]>('frames_.slice(1)'));
  await page.context().close();
  await server.close();
}
await browser.close();

process.stdout.write(
  [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Chromium ${browser.version()}`,
    `script ${formatBytes(script.length)}, ${formatBytes(gzipSync(script, { level: 9 }).length)} gzipped; an hour is one frame of ${formatBytes(JSON.stringify(documentFrame(report, 'an hour')).length)}`,
    `opened, from the address to the chart: median ${Math.round(quantile(openedMs, 0.5))} ms, longest of ${RUNS} ${Math.round(quantile(openedMs, 1))} ms`,
    `while zooming: ${frameMs.length} frames, median ${quantile(frameMs, 0.5).toFixed(1)} ms, 99 % ${quantile(frameMs, 0.99).toFixed(1)} ms, longest ${quantile(frameMs, 1).toFixed(1)} ms`,
    '',
  ].join('\n'),
);

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** One sample a second, one major collection every five. */
function hour(): Report {
  const base = leakingReport();
  const timeMs = Array.from({ length: 3600 }, (_, second) => second * 1000);
  const floor = timeMs
    .filter((_, second) => second % 5 === 0)
    .map((at) => ({ timeMs: at, bytes: 30e6 + at * 20, externalBytes: null }));
  return {
    ...base,
    durationMs: 3_600_000,
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
