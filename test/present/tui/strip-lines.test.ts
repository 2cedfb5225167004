import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineWidth, paintLine } from '../../../src/present/line.ts';
import { sanitizeDocument } from '../../../src/present/sanitize.ts';
import { layoutStrip, type ScreenLayout } from '../../../src/present/tui/layout.ts';
import { stripLines } from '../../../src/present/tui/strip-lines.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import { leakingReport, liveSide, liveView, withHostileText } from '../reports.ts';
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
];

/** As pictures in `strip-states/`; `npx vitest run test/present/tui -u` draws them anew. */
describe('the states of a program that is watched, at the two sizes the screen is made for', () => {
  for (const state of screenStates().filter(({ name }) => NAMES.includes(name))) {
    for (const [columns, rows, unicode] of [
      [80, 24, true],
      [200, 60, true],
      ...(state.ascii === true ? ([[80, 24, false]] as const) : []),
    ] as const) {
      const name = `${state.name}-${columns}x${rows}${unicode ? '' : '-ascii'}`;
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

test('there is none where it would leave the program too little', () => {
  expect([layoutStrip({ columns: 79, rows: 24 }), layoutStrip({ columns: 80, rows: 19 })]).toEqual([
    null,
    null,
  ]);
});

test('it has at least eight rows and leaves the program twelve or more, whatever the terminal', () => {
  for (let rows = 20; rows <= 200; rows += 1) {
    const layout = layoutOf(80, rows);
    expect(layout.rows).toBeGreaterThanOrEqual(8);
    expect(rows - layout.rows).toBeGreaterThanOrEqual(12);
    expect(layout.chartRows).toBeGreaterThanOrEqual(3);
    expect(layout.panelRows).toBeGreaterThanOrEqual(2);
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
    fc.property(hostileText, fc.integer({ min: 80, max: 220 }), fc.boolean(), (hostile, columns, unicode) => {
      const side = liveSide(`node ${hostile}`, withHostileText(leakingReport(), hostile));
      const view = sanitizeDocument(liveView(23_120, [side]), { unicode });
      const layout = layoutOf(columns, 24);
      const lines = stripLines(view, layout, unicode);
      expect(lines).toHaveLength(layout.rows);
      for (const line of lines) {
        expect(lineWidth(line)).toBeLessThan(columns);
        expect(columnsOf(paintLine(line, false))).toBeLessThan(columns);
        expect(paintLine(line, false)).not.toMatch(OBEYED_BY_TERMINALS);
      }
    }),
  );
});

function layoutOf(columns: number, rows: number): ScreenLayout {
  const layout = layoutStrip({ columns, rows });
  if (layout === null) throw new Error('too small');
  return layout;
}
