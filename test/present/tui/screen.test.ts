import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Key } from '../../../src/present/tui/keys.ts';
import { openScreen, type Screen, type ScreenCommands } from '../../../src/present/tui/screen.tsx';
import type { SnapshotTalk } from '../../../src/present/tui/snapshot-talk.ts';
import type { LiveView } from '../../../src/report/live.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import {
  diedReport,
  inconclusiveReport,
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  steadyReport,
  withHostileText,
} from '../reports.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { screenStates } from './screen-states.ts';

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
  died: liveView(77_400, [
    liveSide('fixed', steadyReport()),
    liveSide('leaking', diedReport(), { activity: 'ended' }),
  ]),
  'one-program': liveView(23_120, [liveSide('server.js', leakingReport(), { load: null })]),
};

const states = screenStates();

const open: Screen[] = [];
afterEach(async () => {
  for (const screen of open) screen.release();
  await Promise.all(open.splice(0).map((screen) => screen.close()));
});

type Look = {
  readonly color?: boolean;
  readonly unicode?: boolean;
  readonly title?: string;
  readonly commands?: ScreenCommands;
};

function show(terminal: FakeTerminal, look: Look = {}): Screen {
  const { color = false, unicode = true, title = 'leakline lab · websocket · 7 clients' } = look;
  const screen = openScreen({
    stdout: terminal.stream,
    color,
    unicode,
    title,
    ...(look.commands === undefined ? {} : { commands: look.commands }),
  });
  open.push(screen);
  return screen;
}

/** Somebody at the keyboard; what the keys ask for is written down. */
function keyboard(snapshotPids: readonly number[] = [4242]): ScreenCommands & {
  readonly asked: string[];
  tell: (talk: SnapshotTalk) => void;
} {
  const commands = {
    asked: [] as string[],
    tell: (_: SnapshotTalk): void => undefined,
    quit: (): void => void commands.asked.push('quit'),
    snapshotPids: () => new Set(snapshotPids),
    takeSnapshot: (pid: number, tell: (talk: SnapshotTalk) => void): void => {
      commands.asked.push(`snapshot ${pid}`);
      commands.tell = tell;
    },
  };
  return commands;
}

/** Each state a reader can meet, as a picture in `states/`; `vitest run -u test/present/tui` draws them anew. */
describe('the states, at the two sizes the screen is made for', () => {
  for (const state of states) {
    for (const [columns, rows, unicode] of [
      [80, 24, true],
      [200, 60, true],
      ...(state.ascii === true ? ([[80, 24, false]] as const) : []),
    ] as const) {
      const name = `${state.name}-${columns}x${rows}${unicode ? '' : '-ascii'}`;
      test(name, async () => {
        const terminal = new FakeTerminal(columns, rows);
        const commands = keyboard();
        const screen = show(terminal, { unicode, title: state.title ?? 'leakline 4242', commands });
        screen.update(state.view);
        for (const key of state.keys ?? []) screen.press(key);
        if (state.talk !== undefined) commands.tell(state.talk);
        expectToFit(terminal);
        await expect(`${terminal.screen}\n`).toMatchFileSnapshot(`states/${name}.txt`);
      });
    }
  }
});

describe('the screen at the two sizes it is made for', () => {
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
        fc.array(fc.constantFrom<Key>('pause', 'isolate', 'finding', 'snapshot', 'yes', 'back', 'down')),
        (columns, rows, view, unicode, keys) => {
          const terminal = new FakeTerminal(columns, rows);
          const screen = show(terminal, { unicode, ...(keys.length === 0 ? {} : { commands: keyboard() }) });
          screen.update(view);
          expectToFit(terminal);
          for (const key of keys) {
            screen.press(key);
            expectToFit(terminal);
          }
          screen.release();
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

describe('keys', () => {
  const one = liveView(23_120, [liveSide('server.js', leakingReport({ findings: [packageFinding()] }))]);

  test('are named only where they are read', () => {
    const silent = new FakeTerminal(80, 24);
    show(silent).update(story);
    expect(silent.screen).toContain('Ctrl-C stops');
    expect(silent.screen).not.toContain('q quit');
    const read = new FakeTerminal(80, 24);
    show(read, { commands: keyboard() }).update(story);
    expect(lastRow(read)).toMatch(/^p pause {3}f open finding {3}s snapshot {3}q quit .*longest pause 9 ms/);
  });

  test('are named only as long as they do something', () => {
    const terminal = new FakeTerminal(80, 24);
    show(terminal, { commands: keyboard([]) }).update(VIEWS.starting ?? story);
    expect(lastRow(terminal)).toBe('p pause   q quit');
  });

  test('a paused picture stands still while the watch goes on, and then has caught up', () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal, { commands: keyboard() });
    screen.update(one);
    screen.press('pause');
    const { screen: held } = terminal;
    expect(held).toContain('PAUSED');
    screen.update(liveView(95_000, one.sides));
    expect(terminal.screen).toBe(held);
    screen.press('pause');
    expect(terminal.screen).toContain('95 s');
    expect(terminal.screen).not.toContain('PAUSED');
  });

  test('an opened finding has its explanation and its source, to the last line', () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal, { commands: keyboard() });
    screen.update(one);
    expect(terminal.screen).not.toContain('createDebug.instances.push(debug);');
    screen.press('finding');
    const seen = [terminal.screen];
    for (let press = 0; press < 40; press += 1) {
      screen.press('down');
      seen.push(terminal.screen);
    }
    for (const words of [
      'gains 340 entries a second',
      'createDebug.instances.push(debug);',
      'order.lines.length',
    ])
      expect(seen.some((picture) => picture.includes(words))).toBe(true);
    // The end is the end.
    expect(seen.at(-1)).toBe(seen.at(-2));
    screen.press('back');
    expect(terminal.screen).not.toContain('createDebug.instances.push(debug);');
  });

  test('a finding that is open keeps the screen until it is closed', async () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal, { commands: keyboard() });
    screen.update(one);
    screen.press('finding');
    const closing = screen.close('THE ANSWER\n');
    await settled();
    expect(terminal.alternate).toBe(true);
    expect(terminal.screen).toContain('THE WATCH IS OVER');
    screen.press('back');
    await closing;
    expect(terminal.alternate).toBe(false);
    expect(terminal.written.endsWith('THE ANSWER\n')).toBe(true);
  });

  test.each(['quit', 'release'] as const)('%s ends the waiting', async (how) => {
    const terminal = new FakeTerminal(80, 24);
    const commands = keyboard();
    const screen = show(terminal, { commands });
    screen.update(one);
    screen.press('pause');
    const closing = screen.close();
    await settled();
    if (how === 'quit') screen.press('quit');
    else screen.release();
    await closing;
    expect(terminal.alternate).toBe(false);
    // The watch was over: nobody is to be told to end it.
    expect(commands.asked).toEqual([]);
  });

  test('who was told to end does not wait for a reader, nor for a late key', async () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal, { commands: keyboard() });
    screen.update(one);
    screen.press('finding');
    screen.release();
    screen.press('pause');
    await screen.close();
    expect(terminal.alternate).toBe(false);
  });

  test('a snapshot is asked about, then taken, and its words stand on the screen', () => {
    const terminal = new FakeTerminal(80, 24);
    const commands = keyboard();
    const screen = show(terminal, { commands });
    screen.update(one);
    screen.press('snapshot');
    expect(terminal.screen).toContain('A heap snapshot of process 4242?');
    expect(commands.asked).toEqual([]);
    screen.press('yes');
    expect(commands.asked).toEqual(['snapshot 4242']);
    commands.tell({ step: 'over', pid: 4242, taken: false, sentences: ['It would not be \u001b[2Jsafe.'] });
    expect(terminal.screen).toContain('not taken');
    expect(terminal.screen).toContain('\\x1b[2Jsafe.');
    screen.press('back');
    expect(terminal.screen).not.toContain('not taken');
  });

  test('a suspended screen gives the terminal back, and takes it again as it was', () => {
    const terminal = new FakeTerminal(80, 24);
    const screen = show(terminal, { commands: keyboard() });
    screen.update(one);
    const { screen: before } = terminal;
    screen.suspend();
    expect([terminal.alternate, terminal.cursorVisible]).toEqual([false, true]);
    screen.update(one);
    screen.resume();
    expect([terminal.alternate, terminal.cursorVisible]).toEqual([true, false]);
    expect(terminal.screen).toBe(before);
  });
});

test('a hostile name moves nothing on the screen', () => {
  fc.assert(
    fc.property(hostileText, fc.boolean(), (hostile, unicode) => {
      const terminal = new FakeTerminal(80, 24);
      const side = liveSide(`leaking${hostile}`, withHostileText(leakingReport(), hostile));
      // The fake terminal throws on any escape that the painter itself does not use.
      const screen = show(terminal, { unicode, commands: keyboard() });
      screen.update(liveView(5_000, [side, liveSide('fixed', steadyReport())]));
      expect(terminal.screen).not.toMatch(OBEYED_BY_TERMINALS);
      expectToFit(terminal);
      screen.press('finding');
      expect(terminal.screen).not.toMatch(OBEYED_BY_TERMINALS);
      expectToFit(terminal);
      screen.release();
      void screen.close();
    }),
    { numRuns: 60 },
  );
});

function lastRow(terminal: FakeTerminal): string | undefined {
  return terminal.screen.split('\n')[terminal.rows - 1];
}

/** Whatever a promise was to do by itself is done. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function expectToFit(terminal: FakeTerminal): void {
  const lines = terminal.screen.split('\n');
  expect(lines.length).toBeLessThanOrEqual(terminal.rows);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(terminal.columns);
}
