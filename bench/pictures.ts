/**
 * The live page in its states, as pictures: waiting, contended, inconclusive, steady, leaking, died, side by side, each wide and on a
 * phone; the treemap of a snapshot, and the list of processes. The reports are those that the tests of the presenters use, so a picture changes only when the page does.
 *
 *     npm run bench -- pictures [FOLDER]
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PageServer } from '../src/present/web/page-server.ts';
import type { LiveView } from '../src/report/live.ts';
import { launchChromium } from '../test/live/browser.ts';
import { heapSummary } from '../test/present/heaps.ts';
import { PROCESSES } from '../test/present/processes.ts';
import {
  contendedReport,
  diedReport,
  inconclusiveReport,
  labSides,
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  sessionsFinding,
  steadyReport,
} from '../test/present/reports.ts';

const folder = process.argv[2] ?? 'docs/images';

const oneSide = (side: ReturnType<typeof liveSide>): LiveView =>
  liveView(side.report?.durationMs ?? 1_000, [side]);
const STATES: Readonly<Record<string, LiveView>> = {
  waiting: oneSide(liveSide('pid 4242', null, { activity: 'starting' })),
  contended: oneSide(liveSide('127.0.0.1:9229', contendedReport())),
  inconclusive: oneSide(liveSide('pid 4244', inconclusiveReport())),
  steady: oneSide(liveSide('pid 4243', steadyReport())),
  leaking: oneSide(
    liveSide('pid 4242', leakingReport({ findings: [sessionsFinding(), packageFinding()] }), {
      activity: 'trapping',
    }),
  ),
  died: oneSide(liveSide('pid 4242', diedReport(), { activity: 'ended' })),
  'side-by-side': liveView(
    leakingReport().durationMs,
    labSides().map(({ name, report }) => liveSide(name, report)),
  ),
};
/** What is no watch. */
const PAGES: Readonly<Record<string, (server: PageServer) => void>> = {
  heap: (server) => server.showHeap(heapSummary()),
  processes: (server) => server.list(PROCESSES),
};
const LOOKS = {
  wide: { viewport: { width: 1100, height: 760 }, colorScheme: 'light' },
  dark: { viewport: { width: 1100, height: 760 }, colorScheme: 'dark' },
  whole: { viewport: { width: 1100, height: 760 }, colorScheme: 'light' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
} as const;

/** Every state wide and on a phone; the other looks of those that differ most in them. */
const PICTURES: readonly (readonly [state: string, look: keyof typeof LOOKS])[] = [
  ...Object.keys(STATES).map((state) => [state, 'wide'] as const),
  ...Object.keys(STATES).map((state) => [state, 'phone'] as const),
  ['heap', 'wide'],
  ['heap', 'phone'],
  ['processes', 'wide'],
  ['side-by-side', 'dark'],
  ['leaking', 'whole'],
];

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
for (const [state, look] of PICTURES) {
  const view = STATES[state];
  const server = await PageServer.open({
    name: 'leakline 4242',
    script: readFileSync('dist/web.js', 'utf8'),
  });
  if (view !== undefined) server.update(view);
  PAGES[state]?.(server);
  const page = await (await browser.newContext(LOOKS[look])).newPage();
  await page.goto(server.url);
  await settled(page, view !== undefined && state !== 'waiting');
  await page.screenshot({ path: join(folder, `${state}-${look}.png`), fullPage: look === 'whole' });
  await page.context().close();
  await server.close();
}
await browser.close();

async function settled(page: Page, hasChart: boolean): Promise<void> {
  await page.locator('.live, .tiles').waitFor();
  if (hasChart) await page.locator('.plot canvas').first().waitFor();
  await page.waitForTimeout(200);
}
