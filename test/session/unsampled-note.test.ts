import { expect, test } from 'vitest';
import { unsampledNote } from '../../src/session/unsampled-note.ts';

test('a pause that does not fit is told with what was expected of it', () => {
  const note = unsampledNote({ refusal: 'pause', predictedPauseMs: 132.2 }, 50, false);
  expect(note).toContain('--max-pause 50');
  expect(note).toContain('About 133 ms');
  expect(unsampledNote({ refusal: 'pause', predictedPauseMs: 132.2 }, 50, true)).toBeNull();
});

test("somebody else's profiler is told, and what the watch itself ended is not", () => {
  expect(unsampledNote({ refusal: 'contended', predictedPauseMs: null }, 50, false)).toMatch(/^Contended/);
  expect(unsampledNote({ refusal: 'contended', predictedPauseMs: null }, 50, true)).toMatch(/^Contended/);
  expect(unsampledNote({ refusal: 'unavailable', predictedPauseMs: null }, 50, false)).toBeNull();
});

test('once a profile could be had there is nothing to tell', () => {
  expect(unsampledNote(null, 50, false)).toBeNull();
});
