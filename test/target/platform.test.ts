import { expect, test } from 'vitest';
import { canLookInto, doorPath } from '../../src/target/platform.ts';
import { knockAddress } from '../../src/wire/knock.ts';

test.each(['darwin', 'win32'] as const)(
  'on %s the user answers for what the system does not tell',
  (platform) => {
    expect(() => canLookInto(42, false, platform)).toThrow(`On ${platform} leakline can't find out`);
    expect(canLookInto(42, true, platform)).toBe(false);
  },
);

test('on Linux nobody is asked', () => {
  expect(canLookInto(42, false, 'linux')).toBe(true);
});

test('the agent connects to a socket in the private directory, on Windows to a pipe', () => {
  expect(doorPath('/tmp/leakline-a1', 'linux')).toBe('/tmp/leakline-a1/agent');
  expect(doorPath('/tmp/leakline-a1', 'win32')).toBe('\\\\.\\pipe\\leakline-a1');
});

test('a prepared process has an address of the kind that its system has', () => {
  // All of the 108 bytes a socket's name may have.
  expect(knockAddress(42, 'linux', '/tmp')).toMatch(/^\0leakline-42-+$/);
  expect(knockAddress(42, 'linux', '/tmp')).toHaveLength(108);
  expect(knockAddress(42, 'darwin', '/tmp')).toBe('/tmp/leakline-42.knock');
  expect(knockAddress(42, 'win32', '/tmp')).toBe('\\\\.\\pipe\\leakline-42');
});
