import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DISPLACED_REMOVAL,
  REGION_REMOVAL,
  stripFrame,
  stripRemoval,
} from '../../../src/present/tui/strip-frame.ts';
import { Emulator } from './emulator.ts';

const COLUMNS = 40;
const ROWS = 24;
const STRIP = 9;
const TOP = ROWS - STRIP;
const place = { rows: STRIP, terminalRows: ROWS };

function frame(tick = 0, { rows = ROWS, displaced = false } = {}): string {
  return stripFrame(stripOf(tick), { rows: STRIP, terminalRows: rows }, { displaced });
}

function stripOf(tick: number): string[] {
  return Array.from({ length: STRIP }, (_, row) => `strip ${row} at ${tick}`);
}

function printed(count: number, from = 0): string {
  return Array.from({ length: count }, (_, index) => `line ${from + index}\r\n`).join('');
}

/** What programs write in pieces: text, lines, colours, bars that are drawn over, a block that is drawn again, a cleared screen. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '界'), maxLength: 90 }) },
  { weight: 6, arbitrary: fc.nat(30).map((count) => printed(count)) },
  fc.constantFrom('\r\n', '\n', '\r', '\t', '\b', '\u001b[31m', '\u001b[39m', '\u001b[7m', '\u001b[0m'),
  fc.nat(39).map((done) => `\r\u001b[K${'='.repeat(done)}>`),
  fc.constantFrom(
    '\u001b[3A\u001b[Gagain\u001b[K\r\nand again\r\n\r\n',
    '\u001b[1;1H\u001b[J',
    '\u001b[H\u001b[2J',
  ),
  fc.constantFrom('\u001b[?25l', '\u001b[?25h', '\u001b[5D', '\u001b[2C', '\u001b[1K', '\u001b[2K'),
);

describe('beneath a program', () => {
  // The oracle: a lower terminal that has never seen a strip.
  test('which prints as on a terminal that is so much lower, wherever frames fall between its writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 30 }), async (pieces) => {
        const shared = new Emulator(COLUMNS, ROWS);
        const lower = new Emulator(COLUMNS, TOP);
        await shared.write(frame());
        for (const [index, [text, framed]] of pieces.entries()) {
          // A line that ends in the last column waits there with its end; a frame takes that from it (docs/decisions/0025).
          const apart = `${text}\u001b[C\u001b[D`;
          await Promise.all([shared.write(apart), lower.write(apart)]);
          if (framed) await shared.write(frame(index));
        }
        await shared.write(frame(99));
        expect(shared.cursor).toEqual(lower.cursor);
        expect(shared.screen.slice(0, TOP)).toEqual(lower.screen);
        expect(shared.screen.slice(TOP)).toEqual(stripOf(99));
        const history = lower.everything.slice(0, -TOP);
        expect(shared.everything.slice(0, -ROWS)).toEqual(history);
      }),
    );
  });

  test('whose last lines it would cover, it has them scroll up first, all of them', async () => {
    const terminal = new Emulator(COLUMNS, ROWS);
    await terminal.write(`${printed(22)}prompt> `);
    await terminal.write(frame());
    expect(terminal.screen[TOP - 1]).toBe('prompt> ');
    expect(terminal.cursor).toEqual([TOP - 1, 8]);
    expect(terminal.everything.filter((line) => line.startsWith('line'))).toHaveLength(22);
  });

  test.each([
    ['console.clear', '\u001b[1;1H\u001b[0J'],
    ['clear', '\u001b[H\u001b[2J\u001b[3J'],
    ['a reset of the terminal', '\u001bc'],
    ['a reset of the region', '\u001b[r\u001b[24;1H'],
  ])('which does %s, it is back with the next frame and covers nothing', async (_, bytes) => {
    const terminal = new Emulator(COLUMNS, ROWS);
    await terminal.write(printed(40));
    await terminal.write(frame());
    await terminal.write(bytes);
    await terminal.write(printed(22, 100));
    await terminal.write(frame(1));
    await terminal.write(printed(3, 200));
    expect(terminal.screen.slice(TOP)).toEqual(stripOf(1));
    expect(terminal.screen.slice(TOP - 5, TOP)).toEqual(['line 121', 'line 200', 'line 201', 'line 202', '']);
    expect(terminal.everything.filter((line) => /^line 1\d\d/.test(line))).toHaveLength(22);
  });

  test.each([
    ['higher', 34],
    ['lower', 20],
  ])('on a terminal that becomes %s, nothing of the old picture stays', async (_, rows) => {
    const terminal = new Emulator(COLUMNS, ROWS);
    await terminal.write(printed(30));
    await terminal.write(`${frame()}prompt> `);
    terminal.resize(COLUMNS, rows);
    await terminal.write(frame(1, { rows, displaced: true }));
    expect(terminal.screen.slice(rows - STRIP)).toEqual(stripOf(1));
    expect(terminal.everything.filter((line) => line.includes('at 0'))).toEqual([]);
    expect(terminal.everything.filter((line) => line.startsWith('line'))).toHaveLength(30);
    await terminal.write(printed(40, 100));
    expect(terminal.screen.slice(rows - STRIP)).toEqual(stripOf(1));
    expect(terminal.everything).toContain('prompt> line 100');
  });
});

describe('taken away', () => {
  test('after the terminal has become another size, none of it stays', async () => {
    for (const rows of [34, 18]) {
      const terminal = new Emulator(COLUMNS, ROWS);
      await terminal.write(`${printed(30)}prompt> ${frame()}`);
      terminal.resize(COLUMNS, rows);
      await terminal.write(DISPLACED_REMOVAL);
      expect(terminal.everything.filter((line) => line.includes('strip'))).toEqual([]);
      expect(terminal.everything).toContain('prompt> ');
    }
  });

  test('it leaves empty rows, the cursor where it was, and a screen that scrolls as a whole', async () => {
    const terminal = new Emulator(COLUMNS, ROWS);
    await terminal.write(`${printed(30)}prompt> ${frame()}`);
    await terminal.write(stripRemoval(place));
    expect(terminal.cursor).toEqual([TOP - 1, 8]);
    expect(terminal.screen.slice(TOP)).toEqual(Array.from({ length: STRIP }, () => ''));
    await terminal.write(`\r\n${printed(ROWS - 1, 100)}`);
    expect(terminal.screen[0]).toBe('line 100');
  });

  test('from a program that has taken the whole screen, it leaves all that is on it', async () => {
    const terminal = new Emulator(COLUMNS, ROWS);
    await terminal.write(`${printed(30)}${frame()}`);
    await terminal.write('\u001b[?1049h\u001b[2J\u001b[24;1Hstatus\u001b[10;5H');
    await terminal.write(REGION_REMOVAL);
    expect(terminal.onAlternateScreen).toBe(true);
    expect(terminal.screen[ROWS - 1]).toBe('status');
    expect(terminal.cursor).toEqual([9, 4]);
    await terminal.write('\u001b[24;1H\n');
    expect(terminal.screen[ROWS - 2]).toBe('status');
  });
});
