import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PageServer } from '../../src/present/web/page-server.ts';
import { hostileNames } from '../present/hostile-names.ts';
import { FRAME_SINKS } from '../present/sinks.ts';
import { chromiumPath, launchChromium, noteComplaints } from './browser.ts';

// The same five hundred names as in test/present/injection.test.ts, drawn by the live page's own script in a browser, one frame over
// the other as a watch sends them. `INJECTION_ROUNDS` and `INJECTION_SEED` mean the same.

const seed = Number(process.env.INJECTION_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.INJECTION_ROUNDS ?? 1);
const names = hostileNames(seed, rounds);

console.log(`injection into the live page: ${names.length} names, INJECTION_SEED=${seed}`);

describe.skipIf(chromiumPath === undefined)('the live page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('draws no element and no attribute of a name, and runs nothing', {
    timeout: 60_000 * rounds,
  }, async () => {
    const server = await PageServer.open({ name: 'x', script: readFileSync('dist/web.js', 'utf8') });
    const page = await (await browser.newContext()).newPage();
    const seen: string[] = [];
    noteComplaints(page, seen);
    await page.addInitScript(FRAMES_BY_HAND);
    await page.goto(server.url);
    await page.locator('#connection').waitFor({ state: 'attached' });
    const strangers: string[] = [];
    for (const [sink, make] of FRAME_SINKS.entries()) {
      const whoseTurn = names.filter(({ turn }) => turn % FRAME_SINKS.length === sink);
      for (let first = 0; first < whoseTurn.length; first += AT_ONCE) {
        const some = whoseTurn.slice(first, first + AT_ONCE);
        const frames = some.map((hostile) => [make(hostile), make({ ...hostile, name: 'x' })]);
        const differ = await page.evaluate<number[]>(`drawAll(${JSON.stringify(frames)})`);
        strangers.push(...differ.map((at) => JSON.stringify(some[at])));
      }
    }
    // It can condemn.
    const broken = [
      [
        { title: 'x', html: '<p><b>x</b></p>', plots: [], growths: [] },
        { title: 'x', html: '<p>x</p>', plots: [], growths: [] },
      ],
    ];
    expect(await page.evaluate<number[]>(`drawAll(${JSON.stringify(broken)})`)).toEqual([0]);
    await page.context().close();
    await server.close();
    expect(strangers).toEqual([]);
    // No dialog, no error, and nothing that the page's policy had to forbid.
    expect(seen).toEqual([]);
  });
});

const AT_ONCE = 25;

/** Frames come from the test instead of the server, and are drawn at once. Gives those after which the page has another skeleton. */
const FRAMES_BY_HAND = `
  const listeners = new Map();
  globalThis.EventSource = class {
    addEventListener(name, listener) { listeners.set(name, listener); }
    close() {}
  };
  globalThis.requestAnimationFrame = (draw) => (draw(), 0);
  const skeletonAfter = (frame) => {
    listeners.get('frame')({ data: JSON.stringify(frame) });
    return [...document.querySelectorAll('html, head, head *, body, #page, #page *:not(.plot *)')]
      .map((one) => one.tagName + ' ' + one.getAttributeNames().sort().join(' ')).join('\\n');
  };
  globalThis.drawAll = (frames) => frames.flatMap(([hostile, neutral], at) =>
    skeletonAfter(neutral) === skeletonAfter(hostile) ? [] : [at]);
`;
