import { describe, expect, test } from 'vitest';
import type { LeaklineError } from '../../src/core/errors.ts';
import { addressText, parseInspectorAddress } from '../../src/target/inspector-address.ts';

test.each([
  ['127.0.0.1:9229', { host: '127.0.0.1', port: 9229, path: null }],
  ['localhost:9230', { host: '127.0.0.1', port: 9230, path: null }],
  ['0.0.0.0:9229', { host: '127.0.0.1', port: 9229, path: null }],
  ['[::1]:9229', { host: '::1', port: 9229, path: null }],
  ['ws://127.0.0.1:9229', { host: '127.0.0.1', port: 9229, path: null }],
  ['ws://127.0.0.1:9229/4e2c-ab', { host: '127.0.0.1', port: 9229, path: '/4e2c-ab' }],
])('%s is an address', (text, address) => {
  expect(parseInspectorAddress(text)).toEqual(address);
});

test('an IPv6 address is written in brackets', () => {
  expect(addressText({ host: '::1', port: 9229 })).toBe('[::1]:9229');
});

describe('refused', () => {
  const codeOf = (text: string): string => {
    try {
      parseInspectorAddress(text);
      return 'accepted';
    } catch (error) {
      return (error as LeaklineError).code;
    }
  };

  // The ways past a host check that Node's own inspector once had are among them.
  test.each([
    'evil.example.com:9229',
    '0177.0.0.1:9229',
    '10.0.2.555:9229',
    'localhost6:9229',
    'localhost.evil.example:9229',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:9229/path-without-ws',
    'wss://127.0.0.1:9229',
    'http://127.0.0.1:9229',
    'ws://user@127.0.0.1:9229',
    '127.0.0.1:',
    ':9229',
    '::1:9229',
  ])('%s, as no address', (text) => {
    expect(codeOf(text)).toBe('USAGE');
  });

  // 192.0.2.0/24 is reserved for documentation: nobody's machine has it.
  test.each(['192.0.2.7:9229', 'ws://192.0.2.7:9229/id', '[2001:db8::7]:9229'])(
    '%s, as another machine',
    (text) => {
      expect(codeOf(text)).toBe('NOT_THIS_MACHINE');
    },
  );
});
