import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { openScreen, type Screen } from '../../../src/present/tui/screen.tsx';
import type { LiveView } from '../../../src/report/live.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import {
  diedReport,
  inconclusiveReport,
  leakingReport,
  liveSide,
  liveView,
  steadyReport,
  withHostileText,
} from '../reports.ts';
import { FakeTerminal } from './fake-terminal.ts';

const story = liveView(23_120, [
  liveSide('fixed', steadyReport()),
  liveSide('leaking', leakingReport(), { activity: 'done' }),
]);

const VIEWS: Record<string, LiveView> = {
  starting: liveView(0, [
    liveSide('fixed', null, { activity: 'starting', load: null }),
    liveSide('leaking', null, { activity: 'starting', load: null }),
  ]),
  inconclusive: liveView(5_000, [
    liveSide('fixed', inconclusiveReport()),
    liveSide('leaking', inconclusiveReport(), { activity: 'walking' }),
  ]),
  story,
  died: liveView(51_200, [
    liveSide('fixed', steadyReport()),
    liveSide('leaking', diedReport(), { activity: 'ended' }),
  ]),
  'one-program': liveView(23_120, [liveSide('server.js', leakingReport(), { load: null })]),
};

const open: Screen[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((screen) => screen.close()));
});

function show(terminal: FakeTerminal, look: { color?: boolean; unicode?: boolean } = {}): Screen {
  const { color = false, unicode = true } = look;
  const screen = openScreen({
    stdout: terminal.stream,
    color,
    unicode,
    title: 'leakline lab · websocket · 7 clients',
  });
  open.push(screen);
  return screen;
}

describe('the screen at the two sizes it is made for', () => {
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
  ] as const) {
    for (const [name, view] of Object.entries(VIEWS)) {
      test(`${name} at ${columns}×${rows}`, async () => {
        const terminal = new FakeTerminal(columns, rows);
        show(terminal).update(view);
        expectToFit(terminal);
        await expect(`${terminal.screen}\n`).toMatchFileSnapshot(`snapshots/${name}-${columns}x${rows}.txt`);
      });
    }
  }

  test('at 80×24 nothing of the finding is lost', () => {
    const terminal = new FakeTerminal(80, 24);
    show(terminal).update(story);
    for (const words of [
      'src/server.ts:6',
      'src/server.ts:8',
      'src/server.ts:10',
      "'close' listener on the socket",
    ]) {
      expect(terminal.screen).toContain(words);
    }
  });

  test('without Unicode the picture is ASCII', () => {
    const terminal = new FakeTerminal(80, 24);
    show(terminal, { unicode: false }).update(story);
    expect(terminal.screen).toMatch(/^[\n\x20-\x7e]*$/);
    expect(terminal.screen).toContain('####');
  });

  test('colour is only the sixteen colours, and without it there is none', () => {
    const colored = new FakeTerminal(80, 24);
    show(colored, { color: true }).update(story);
    // oxlint-disable-next-line no-control-regex
    const codes = new Set([...colored.written.matchAll(/\u001b\[([\d;]*)m/g)].map(([, code]) => code));
    expect([...codes].filter((code) => !/^(?:[0-9]|2[0-9]|3[0-7]|39)$/.test(code ?? ''))).toEqual([]);
    expect(codes).toContain('31');
    const plain = new FakeTerminal(80, 24);
    show(plain).update(story);
    // The one reset is for what the reader's shell may have left on.
    // oxlint-disable-next-line no-control-regex
    expect(plain.written.replaceAll('\u001b[0m', '')).not.toMatch(/\u001b\[[\d;]*m/);
  });
});

describe('whatever the terminal', () => {
  test('no frame is taller or wider than it, however small', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(...Object.values(VIEWS)),
        fc.boolean(),
        (columns, rows, view, unicode) => {
          const terminal = new FakeTerminal(columns, rows);
          const screen = show(terminal, { unicode });
          screen.update(view);
          expectToFit(terminal);
          void screen.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('it follows a resize, down and up, and leaves nothing of the old picture', () => {
    const terminal = new FakeTerminal(200, 60);
    show(terminal).update(story);
    terminal.resize(80, 24);
    const small = new FakeTerminal(80, 24);
    show(small).update(story);
    expect(terminal.screen).toBe(small.screen);
    terminal.resize(120, 40);
    const large = new FakeTerminal(120, 40);
    show(large).update(story);
    expect(terminal.screen).toBe(large.screen);
  });

  test('a terminal that cannot keep up gets no queue of frames', () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal);
    terminal.writableNeedDrain = true;
    const before = terminal.written.length;
    for (let second = 0; second < 10; second += 1) screen.update(liveView(second * 1000, story.sides));
    expect(terminal.written).toHaveLength(before);
    terminal.writableNeedDrain = false;
    screen.update(story);
    expect(terminal.screen).toContain('LEAKING');
  });

  test('only lines that changed are written', () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal);
    screen.update(story);
    const before = terminal.written.length;
    screen.update(structuredClone(story));
    expect(terminal.written).toHaveLength(before);
    screen.update(liveView(story.elapsedMs + 1000, story.sides));
    const lines = terminal.written.slice(before).split('\u001b[2K').length - 1;
    // The time, and the rows of the chart that the floor stands in.
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(10);
    expect(terminal.screen).toContain('24 s');
  });
});

describe('the end', () => {
  test('gives screen, cursor and wrapping back, then prints the picture and the answer', async () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal);
    screen.update(story);
    expect([terminal.alternate, terminal.cursorVisible, terminal.wraps]).toEqual([true, false, false]);
    await screen.close('THE ANSWER\n');
    expect([terminal.alternate, terminal.cursorVisible, terminal.wraps]).toEqual([false, true, true]);
    const [, after = ''] = terminal.written.split('\u001b[?1049l');
    expect(after).toContain('LEAKING');
    expect(after.endsWith('\n\nTHE ANSWER\n')).toBe(true);
    expect(after).not.toContain('Ctrl-C');
  });

  test('closing twice prints once, and a late update is nothing', async () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal);
    await screen.close('THE ANSWER\n');
    const { written } = terminal;
    screen.update(story);
    await screen.close('AGAIN\n');
    terminal.emit('resize');
    expect(terminal.written).toBe(written);
  });

  test('leaves no listener behind, and console as it was', async () => {
    const listeners = (): number[] =>
      ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit'].map((event) => process.listenerCount(event));
    const before = listeners();
    const { log } = console;
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal);
    screen.update(story);
    expect(console.log).toBe(log);
    await screen.close();
    expect(listeners()).toEqual(before);
    expect(terminal.listenerCount('resize')).toBe(0);
  });
});

test('a hostile name moves nothing on the screen', () => {
  fc.assert(
    fc.property(hostileText, fc.boolean(), (hostile, unicode) => {
      const terminal = new FakeTerminal(80, 24);
      const side = liveSide(`leaking${hostile}`, withHostileText(leakingReport(), hostile));
      // The fake terminal throws on any escape that the painter itself does not use.
      const screen = show(terminal, { unicode });
      screen.update(liveView(5_000, [side, liveSide('fixed', steadyReport())]));
      expect(terminal.screen).not.toMatch(OBEYED_BY_TERMINALS);
      expectToFit(terminal);
      void screen.close();
    }),
    { numRuns: 60 },
  );
});

function expectToFit(terminal: FakeTerminal): void {
  const lines = terminal.screen.split('\n');
  expect(lines.length).toBeLessThanOrEqual(terminal.rows);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(terminal.columns);
}
