import { expect, test } from 'vitest';
import { attachTargetFrom } from '../../src/cli/attach-target.ts';

test('one word is a pid or an address, two are two pids', () => {
  expect(attachTargetFrom(['4242'])).toBe(4242);
  expect(attachTargetFrom(['127.0.0.1:9229'])).toBe('127.0.0.1:9229');
  expect(attachTargetFrom(['4242', '4243'])).toEqual([4242, 4243]);
});

test.each([
  [['server.js'], /A process is a pid .* not "server\.js"/],
  [['0'], /whole number from 1/],
  [['4242', 'server.js'], /not "server\.js"/],
  [['4242', '4242'], /4242 is given twice/],
  [['4242', '0x1092'], /4242 is given twice/],
  [['4242', '127.0.0.1:9229'], /by their pids, not by an inspector \(127\.0\.0\.1:9229\)/],
  [['1', '2', '3'], /not 3: start one watch for each/],
])('%j is refused in words', (texts, words) => {
  expect(() => attachTargetFrom(texts)).toThrow(words);
});
