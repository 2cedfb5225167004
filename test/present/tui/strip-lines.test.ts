import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineWidth, paintLine } from '../../../src/present/line.ts';
import { sanitizeDocument } from '../../../src/present/sanitize.ts';
import type { Key } from '../../../src/present/tui/keys.ts';
import { layoutStrip, type ScreenLayout } from '../../../src/present/tui/layout.ts';
import { LiveReader } from '../../../src/present/tui/live-reader.ts';
import { possibleOf, type StripKeys, stripLines } from '../../../src/present/tui/strip-lines.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import { leakingReport, liveSide, liveView, packageFinding, withHostileText } from '../reports.ts';
import { screenStates } from './screen-states.ts';

const NAMES = [
  'waiting',
  'inconclusive',
  'filling',
  'steady',
  'leaking',
  'near-the-limit',
  'contended',
  'died',
  'finding-open',
];

/** As pictures in `strip-states/`; `npx vitest run test/present/tui -u` draws them anew. */
describe('the states of a program that is watched, at sizes from small to large', () => {
  for (const state of screenStates().filter(({ name }) => NAMES.includes(name))) {
    for (const [columns, rows, unicode] of [
      [80, 24, true],
      [80, 60, true],
      [120, 40, true],
      [200, 60, true],
      ...(state.ascii === true ? ([[80, 24, false]] as const) : []),
    ] as const) {
      // Nothing is opened here: the finding is shown as it comes, and this one has its source.
      const name = `${state.name.replace('finding-open', 'with-source')}-${columns}x${rows}${unicode ? '' : '-ascii'}`;
      test(name, async () => {
        const sides = state.view.sides.map((side) => ({
          ...side,
          name: 'node --enable-source-maps server.js',
        }));
        const view = sanitizeDocument({ ...state.view, sides }, { unicode });
        const lines = stripLines(view, layoutOf(columns, rows), unicode).map((line) =>
          paintLine(line, false),
        );
        await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`strip-states/${name}.txt`);
      });
    }
  }
});

const KEYED_NAMES = [
  'leaking',
  'paused',
  'finding-open',
  'isolate-chosen',
  'snapshot-asked',
  'snapshot-refused',
];

describe('with the keys of who sits in front of it', () => {
  for (const state of screenStates().filter(({ name }) => KEYED_NAMES.includes(name))) {
    for (const [columns, rows, unicode] of [
      [80, 24, true],
      [200, 60, true],
      ...(state.ascii === true ? ([[80, 24, false]] as const) : []),
    ] as const) {
      const name = `${state.name}-keys-${columns}x${rows}${unicode ? '' : '-ascii'}`;
      test(name, async () => {
        const layout = layoutOf(columns, rows, { help: true });
        const reader = new LiveReader();
        reader.update(sanitizeDocument(state.view, { unicode }));
        const keys = (): StripKeys => ({ reader: reader.reader, snapshotPids: new Set([4242]) });
        for (const key of state.keys ?? [])
          reader.press(key, possibleOf(keys(), reader.shown, layout, unicode));
        if (state.talk !== undefined) reader.tell(state.talk);
        const lines = stripLines(reader.shown, layout, unicode, keys()).map((line) => paintLine(line, false));
        expect(lines).toHaveLength(layoutOf(columns, rows).rows);
        expect(lines.at(-1)).toMatch(/ q strip away$/);
        await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`strip-states/${name}.txt`);
      });
    }
  }
});

test('an opened finding scrolls to its last line in the rows that a strip has', () => {
  const state = screenStates().find(({ name }) => name === 'finding-open');
  const layout = layoutOf(80, 24, { help: true });
  const reader = new LiveReader();
  reader.update(state?.view ?? liveView(0, []));
  const keys = (): StripKeys => ({ reader: reader.reader, snapshotPids: new Set() });
  const press = (key: Key): void => void reader.press(key, possibleOf(keys(), reader.shown, layout, true));
  const linesNow = (): string[] =>
    stripLines(reader.shown, layout, true, keys()).map((line) => paintLine(line, false));
  press('finding');
  const [, of = ''] = /lines 1 to 6 of (\d+)/.exec(linesNow()[1] ?? '') ?? [];
  for (let pages = 0; pages < 10; pages += 1) press('page down');
  expect(linesNow()[1]).toContain(`to ${of} of ${of}`);
  expect(linesNow().slice(2, -1)).toHaveLength(6);
  press('back');
  expect(linesNow().join('\n')).toContain('rss');
});

test('it takes nine of 24 rows, and of a tall terminal two fifths, at most 22', () => {
  expect([24, 35, 36, 40, 50, 60, 200].map((rows) => layoutOf(80, rows).rows)).toEqual([
    9, 13, 14, 16, 20, 22, 22,
  ]);
});

test.each([
  [120, 40],
  [200, 60],
])('in %d×%d the collections and the source of the finding are in sight', (columns, rows) => {
  const report = leakingReport({ findings: [packageFinding()] });
  const view = liveView(23_120, [liveSide('node server.js', report)]);
  const lines = stripLines(view, layoutOf(columns, rows), true).map((line) => paintLine(line, false));
  const marks = lines.find((line) => line.startsWith('     GC ')) ?? '';
  const majors = report.gc.filter(({ kind }) => kind === 'major');
  expect(marks.split('▴')).toHaveLength(majors.length + 1);
  for (const words of [
    'createDebug.instances = [];',
    'createDebug.instances.push(debug);',
    'const log = debug(`orders:${order.id}`);',
  ])
    expect(lines.join('\n')).toContain(words);
});

test('there is none where it would leave the program too little', () => {
  expect([layoutStrip({ columns: 79, rows: 24 }), layoutStrip({ columns: 80, rows: 19 })]).toEqual([
    null,
    null,
  ]);
});

test('it has at least eight rows and leaves the program twelve or more, whatever the terminal and whose the keys', () => {
  for (let rows = 20; rows <= 200; rows += 1) {
    const layout = layoutOf(80, rows);
    expect(layout.rows).toBeGreaterThanOrEqual(8);
    expect(rows - layout.rows).toBeGreaterThanOrEqual(12);
    expect(layout.chartRows).toBeGreaterThanOrEqual(3);
    expect(layout.panelRows).toBeGreaterThanOrEqual(2);
    const withKeys = layoutOf(80, rows, { help: true });
    expect(withKeys.rows).toBe(layout.rows);
    expect(withKeys.chartRows).toBeGreaterThanOrEqual(2);
    expect(withKeys.panelRows).toBeGreaterThanOrEqual(2);
  }
});

test('in 80×24 the places of the finding are in sight', () => {
  const view = liveView(23_120, [liveSide('node server.js', leakingReport())]);
  const text = stripLines(view, layoutOf(80, 24), true)
    .map((line) => paintLine(line, false))
    .join('\n');
  for (const words of [
    'LEAKING',
    'out of memory in',
    'heap limit',
    '7 WebSockets are CLOSED',
    'src/server.ts:6',
    'src/server.ts:10',
  ])
    expect(text).toContain(words);
});

test('whatever the program and its variables are called, no line is wider than it may be, and none is obeyed', () => {
  fc.assert(
    fc.property(
      hostileText,
      fc.integer({ min: 80, max: 220 }),
      fc.constantFrom(24, 40, 60),
      fc.boolean(),
      (hostile, columns, rows, unicode) => {
        const side = liveSide(`node ${hostile}`, withHostileText(leakingReport(), hostile));
        const view = sanitizeDocument(liveView(23_120, [side]), { unicode });
        const layout = layoutOf(columns, rows);
        const lines = stripLines(view, layout, unicode);
        expect(lines).toHaveLength(layout.rows);
        for (const line of lines) {
          expect(lineWidth(line)).toBeLessThan(columns);
          expect(columnsOf(paintLine(line, false))).toBeLessThan(columns);
          expect(paintLine(line, false)).not.toMatch(OBEYED_BY_TERMINALS);
        }
      },
    ),
  );
});

function layoutOf(columns: number, rows: number, options?: { readonly help: boolean }): ScreenLayout {
  const layout = layoutStrip({ columns, rows }, options);
  if (layout === null) throw new Error('too small');
  return layout;
}
