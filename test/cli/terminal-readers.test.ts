import { describe, expect, test } from 'vitest';
import {
  CALLS_BY_ARCH,
  waitFromCall,
  waitFromChannel,
  waitsForInput,
} from '../../src/cli/terminal-readers.ts';

// As Linux 6.18 prints them on x64.
const READ = '0 0x0 0x7f3e15355000 0x20000 0x7f3e153e8b60 0xffffffff 0x0 0x7fff43b12ed8 0x7f3e154d12ad';
const EPOLL = '281 0xd 0x7fffd5f22520 0x400 0xffffffff 0x0 0x8 0x7fffd5f217c0 0x7fa8c5526cae';
const SELECT = '270 0x1 0x7ffdad94ac80 0x0 0x0 0x7ffdad94abe0 0x7ffdad94abf0 0x7ffdad94abb0 0x7f0d291eaaec';
const FUTEX = '202 0xb060950 0x189 0x0 0x0 0x0 0xffffffff 0x7fa8c4c1bc70 0x7fa8c54a3f16';
const SET = `pos:	0
flags:	02000002
mnt_id:	17
ino:	12
tfd:       17 events:       19 data:               11  pos:0 ino:3 sdev:1a
tfd:       16 events:       19 data:               10  pos:0 ino:c sdev:10
`;
const TERMINAL = [{ number: 3, device: 0x1a }];

test('a system call tells what a thread waits in, and for which descriptor', () => {
  const calls = CALLS_BY_ARCH.x64 ?? {};
  expect(
    [READ, EPOLL, SELECT, FUTEX, 'running', '-1 0x0 0x0'].map((text) => waitFromCall(text, calls)),
  ).toEqual([
    { in: 'read', descriptor: 0 },
    { in: 'epoll', descriptor: 13 },
    { in: 'poll' },
    { in: 'else' },
    { in: 'else' },
    { in: 'else' },
  ]);
});

test('where only the place in the kernel is told, what may be reading is taken for it, and so is what is not told', () => {
  expect(
    ['wait_woken', 'n_tty_read', 'do_select', 'poll_schedule_timeout.constprop.0', '0'].map(
      (channel) => waitFromChannel(channel, 'S').in,
    ),
  ).toEqual(['unknown', 'unknown', 'poll', 'poll', 'unknown']);
  expect(
    ['do_wait', 'do_epoll_wait', 'ep_poll', 'futex_wait_queue', 'hrtimer_nanosleep'].map(
      (channel) => waitFromChannel(channel, 'S').in,
    ),
  ).toEqual(['else', 'else', 'else', 'else', 'else']);
  // It computes.
  expect(waitFromChannel('0', 'R').in).toBe('else');
});

describe('an epoll set', () => {
  test('waits for the input of a terminal that is in it', () => {
    expect(waitsForInput(SET, TERMINAL)).toBe(true);
    expect(waitsForInput(SET, [{ number: 3, device: 0x1b }])).toBe(false);
    expect(waitsForInput(SET, [{ number: 4, device: 0x1a }])).toBe(false);
  });

  test('does not if it only waits until the terminal takes output', () => {
    expect(waitsForInput(SET.replace('events:       19', 'events:       1c'), TERMINAL)).toBe(false);
  });
});
