import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/present/text-width.ts';
import { atTerminal } from './terminal.ts';

test.each([
  [40, ''],
  [160, ''],
  // The answer's own width is nobody's then.
  [40, '>/dev/null'],
])('an error is laid out for a terminal of %i columns%s', async (columns, redirection) => {
  const terminal = atTerminal([process.execPath, resolve('dist/cli.js'), 'attach', 'server-of-the-shop'], {
    size: [columns, 24],
    redirection,
  });
  await terminal.ends('2');
  const [printed = ''] = terminal.text().split('CODE');
  // The terminal's mode, which the test has told, is no words of ours.
  const lines = printed
    .replace(/MODE \S+\r\n/, '')
    .trimEnd()
    .split(/\r?\n/);
  expect(lines.join(' ')).toContain('leakline: A process is a pid');
  const longest = Math.max(...lines.map(textWidth));
  expect(longest).toBeLessThanOrEqual(columns);
  if (columns > 100) expect(longest).toBeGreaterThan(100);
});
