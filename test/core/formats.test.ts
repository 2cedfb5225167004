import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBytes, formatRate, parseBytes } from '../../src/core/bytes.ts';
import { formatDuration, parseDuration } from '../../src/core/duration.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.6, '1.00 KB'],
  [1234, '1.23 KB'],
  [56_000_000, '56.0 MB'],
  [412_400_000, '412 MB'],
  [4_345_298_944, '4.35 GB'],
  [-3100, '-3.10 KB'],
  [Number.NaN, '?'],
])('%d bytes read %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test('a size reads within half a per cent of itself, whatever its unit', () => {
  const unitBytes = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9e14 }), (bytes) => {
      const [amount, unit] = formatBytes(bytes).split(' ') as [string, keyof typeof unitBytes];
      const read = Number(amount) * unitBytes[unit];
      expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes * 0.005);
    }),
  );
});

test('a rate always has its sign', () => {
  expect(formatRate(56_000_000)).toBe('+56.0 MB/s');
  expect(formatRate(-1500)).toBe('-1.50 KB/s');
});

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['1.5s', 1500],
  ['45', 45_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'banana', '5 m', '-3s', '1x', 's', '5m!'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [9.04, '9 ms'],
  [23_400, '23 s'],
  [250_000, '4 min 10 s'],
  [12_000_000, '3 h 20 min'],
  [Number.POSITIVE_INFINITY, 'never'],
])('%d ms read %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  ['2GB', 2e9],
  ['512 MB', 512e6],
  ['1.5GiB', 1.5 * 2 ** 30],
  ['4345298944', 4_345_298_944],
  ['10k', 10_000],
  ['much', undefined],
  ['-1GB', undefined],
  ['2 GB/s', undefined],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
