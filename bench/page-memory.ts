/**
 * Does the live page itself leak? It is sent new figures sixty times a second, and after forced collections its heap, its
 * nodes and its listeners are counted. Flat is: the second half of the watch no higher than the first, in the median, since counted with
 * them are the few frames that came between a collection and the count.
 *
 *     npm run bench -- page-memory [--for 10m] [--per-second 60]
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession } from 'playwright-core';
import { formatBytes } from '../src/core/bytes.ts';
import { formatDuration, parseDuration } from '../src/core/duration.ts';
import { PageServer } from '../src/present/web/page-server.ts';
import type { Report } from '../src/report/schema.ts';
import { launchChromium } from '../test/live/browser.ts';
import {
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  sessionsFinding,
} from '../test/present/reports.ts';

const { values } = parseArgs({
  options: { for: { type: 'string', default: '10m' }, 'per-second': { type: 'string', default: '60' } },
});
const forMs = parseDuration(values.for) ?? 600_000;
const perSecond = Number(values['per-second']);
const SAMPLES = 600;
const LOOKS = 20;

const server = await PageServer.open({
  name: 'pid 4242',
  script: readFileSync('dist/web.js', 'utf8'),
  everyMs: 1000 / perSecond,
});
let updates = 0;
server.update(viewAt(0));
const browser = await launchChromium();
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(server.url);
await page.locator('.plot canvas').first().waitFor();
await page.evaluate(
  `globalThis.drawn = 0; new MutationObserver(() => { drawn += 1; }).observe(document.querySelector('.live'), { characterData: true, childList: true, subtree: true })`,
);
const session = await context.newCDPSession(page);
await session.send('HeapProfiler.enable');

const feeding = setInterval(() => {
  updates += 1;
  server.update(viewAt(updates));
}, 1000 / perSecond);
await sleep(Math.min(5000, forMs / 10));
const looks: Look[] = [];
for (let look = 0; look <= LOOKS; look += 1) {
  looks.push(await lookAt(session));
  if (look < LOOKS) await sleep(forMs / LOOKS);
}
clearInterval(feeding);
const drawn = await page.evaluate<number>('drawn');
await browser.close();
await server.close();

const half = Math.ceil(looks.length / 2);
const median = (part: readonly Look[], of: (look: Look) => number): number =>
  part.map(of).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
const highest = (part: readonly Look[], of: (look: Look) => number): number => Math.max(...part.map(of));
process.stdout.write(
  [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Chromium ${browser.version()}`,
    `${formatDuration(forMs)}: ${updates} updates (${Math.round((updates * 1000) / forMs)} a second), ${drawn} of them drawn`,
    '',
    '| after collections | first look | first half: median, highest | second half: median, highest | last |',
    '| --- | ---: | ---: | ---: | ---: |',
    row('heap', ({ heapBytes }) => heapBytes, formatBytes),
    row('nodes', ({ nodes }) => nodes, String),
    row('listeners', ({ listeners }) => listeners, String),
    '',
    `heap at each look: ${looks.map(({ heapBytes }) => (heapBytes / 1e6).toFixed(2)).join(', ')} MB`,
    '',
  ].join('\n'),
);

type Look = { readonly heapBytes: number; readonly nodes: number; readonly listeners: number };

function row(name: string, of: (look: Look) => number, words: (value: number) => string): string {
  const first = looks[0];
  const last = looks.at(-1);
  if (first === undefined || last === undefined) return '';
  const inHalf = (part: readonly Look[]): string => `${words(median(part, of))}, ${words(highest(part, of))}`;
  const cells = [words(of(first)), inHalf(looks.slice(0, half)), inHalf(looks.slice(half)), words(of(last))];
  return `| ${name} | ${cells.join(' | ')} |`;
}

async function lookAt(cdp: CDPSession): Promise<Look> {
  // What a first collection finds dead can hold nodes, which then a second one finds.
  for (let collections = 0; collections < 3; collections += 1) {
    await cdp.send('HeapProfiler.collectGarbage');
    await sleep(50);
  }
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  return { heapBytes: usedSize, nodes, listeners: jsEventListeners };
}

/** The same watch a moment later: every figure has changed, none has come or gone. */
function viewAt(step: number): Parameters<PageServer['update']>[0] {
  const base = leakingReport({ findings: [sessionsFinding(), packageFinding()] });
  const size = (index: number): number => 50e6 + 1e6 * ((index * 7 + step) % 97);
  const timeMs = Array.from({ length: SAMPLES }, (_, index) => index * 1000);
  const column = timeMs.map((_, index) => size(index));
  const report: Report = {
    ...base,
    durationMs: SAMPLES * 1000,
    growth: { ...base.growth, bytesPerSecond: 1e6 + step },
    series: {
      ...base.series,
      timeMs,
      rss: column.map((bytes) => bytes * 1.5),
      heapUsed: column,
      floor: timeMs
        .filter((_, index) => index % 3 === 0)
        .map((at, index) => ({ timeMs: at, bytes: size(index) * 0.8, externalBytes: null })),
    },
  };
  return liveView(step * 1000, [
    liveSide('pid 4242', report, { activity: step % 2 === 0 ? 'walking' : 'watching' }),
  ]);
}
