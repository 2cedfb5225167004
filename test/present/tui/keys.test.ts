import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysIn, unfinishedIn } from '../../../src/present/tui/keys.ts';

const ESC = '\u001b';

test('letters and their doubles', () => {
  expect(keysIn('p i')).toEqual(['pause', 'pause', 'isolate']);
  expect(keysIn('f\r')).toEqual(['finding', 'finding']);
  expect(keysIn('sy')).toEqual(['snapshot', 'yes']);
  expect(keysIn('q')).toEqual(['quit']);
});

test('arrows as every terminal sends them', () => {
  expect(keysIn(`${ESC}[A${ESC}[B${ESC}OA${ESC}OB${ESC}[5~${ESC}[6~`)).toEqual([
    'up',
    'down',
    'up',
    'down',
    'page up',
    'page down',
  ]);
});

test('escape alone is a key', () => {
  expect(keysIn(ESC)).toEqual(['back']);
});

test('an arrow that comes in pieces is one key, wherever it is cut', () => {
  for (const arrow of [`${ESC}[A`, `${ESC}OB`, `${ESC}[5~`]) {
    for (let at = 1; at < arrow.length; at += 1) {
      const piece = `p${arrow.slice(0, at)}`;
      const begun = unfinishedIn(piece);
      expect(keysIn(piece.slice(0, piece.length - begun.length))).toEqual(['pause']);
      expect(keysIn(begun + arrow.slice(at))).toEqual(keysIn(arrow));
    }
  }
  expect(['p', `${ESC}[A`, `${ESC}[1;2p`, '\u0003'].map(unfinishedIn)).toEqual(['', '', '', '']);
});

test('an unknown sequence is nothing, not the letters in it', () => {
  // Shift-arrow, a mouse click, F5, the answer to a question about the cursor: none may quit.
  expect(keysIn(`${ESC}[1;2p${ESC}[<0;5;5M${ESC}[15~${ESC}[12;40R${ESC}OP`)).toEqual([]);
});

test('the three keys that a raw terminal sends no signal for', () => {
  expect(keysIn('\u0003\u001a\u001c')).toEqual(['interrupt', 'suspend', 'abort']);
});

test('whatever comes in, there are no more keys than characters, and Ctrl-C is never lost', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (before, after) => {
      const input = `${before.replaceAll(ESC, '')}\u0003${after}`;
      const keys = keysIn(input);
      expect(keys.length).toBeLessThanOrEqual(Array.from(input).length);
      expect(keys).toContain('interrupt');
    }),
  );
});
