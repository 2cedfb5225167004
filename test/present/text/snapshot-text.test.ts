import { describe, expect, test } from 'vitest';
import { predictionSentence, renderSnapshot } from '../../../src/present/text/snapshot-text.ts';
import type { SnapshotAccount } from '../../../src/report/snapshot-account.ts';
import { SNAPSHOT } from '../snapshots.ts';

const plain = { color: false, unicode: true, columns: 100 };

test('where it is, what it was to cost and did, and what is in it', () => {
  expect(renderSnapshot(SNAPSHOT, plain)).toMatchInlineSnapshot(`
    "leakline · snapshot of pid 4242 · node 22.23.3
    /tmp/api.heapsnapshot
    125 MB · 1,570,000 nodes · 6,200,000 edges

    stood still 4 s (predicted 4 s, at most 6 s), and 160 ms to count before
    memory 210 MB before, 1.05 GB at most (predicted up to 1.31 GB), 900 MB after, 890 MB some seconds
    later
    What V8 took for it is leakline's doing and mostly stays until a restart: no leak of the program.

    redacted: 310,000 of 400,000 texts are hidden; names from source code are shown.

    scripts: /tmp/api.scripts.json
    next: leakline heap /tmp/api.heapsnapshot, or the Memory tab of Chrome
    "
  `);
});

describe('what changes', () => {
  const text = (change: Partial<SnapshotAccount>): string =>
    renderSnapshot({ ...SNAPSHOT, ...change }, { ...plain, columns: 1000 });
  test('a raw one says so in capitals, and that nothing is hidden', () => {
    const raw = text({ redacted: false, strings: { count: 400_000, hidden: 0 } });
    expect(raw).toContain('RAW: every text is in it');
    expect(raw).not.toContain('redacted');
  });
  test('what was overruled is said again', () => {
    const predicted = { ...SNAPSHOT.predicted, overruled: ['A heap snapshot would not be safe'] };
    expect(text({ predicted })).toContain('forced: A heap snapshot would not be safe');
  });
  test('names that could not be looked up are told', () => {
    expect(text({ scriptsUnread: 3 })).toContain('Of 3 scripts the text could not be read');
    expect(text({ knowsNode: false })).toContain("no room to look up Node's own names");
  });
  test('what was not measured is left out', () => {
    const measured = { ...SNAPSHOT.measured, countingPauseMs: null, rssLaterBytes: null };
    expect(text({ measured })).not.toMatch(/to count before|later|null|NaN/);
  });
  test('a file name does nothing to the terminal', () => {
    const shown = text({ file: '/tmp/\u001b[31mred\u0007.heapsnapshot' });
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('\u0007');
  });
});

test('the prediction is one sentence with its figures, or says on what it rests', () => {
  expect(predictionSentence(SNAPSHOT.predicted)).toBe(
    'predicted for 1,560,000 objects: the program stands still for 4 s (at most 6 s) and takes up to 1.10 GB more memory, of 3.00 GB left in its container',
  );
  expect(predictionSentence({ ...SNAPSHOT.predicted, objects: null, leftBytes: null, which: null })).toBe(
    'predicted by its bytes alone: the program stands still for 4 s (at most 6 s) and takes up to 1.10 GB more memory',
  );
});
