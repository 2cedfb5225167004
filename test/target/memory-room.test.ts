import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMemoryRooms } from '../../src/target/memory-room.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rooms-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const MB = 1_000_000;

function put(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function rooms(): Record<string, number> {
  const found = readMemoryRooms(7, { proc: join(root, 'proc'), cgroup: join(root, 'cgroup') });
  return Object.fromEntries(found.map(({ which, leftBytes }) => [which, leftBytes]));
}

function version2(path: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) put(`cgroup${path}/${name}`, `${text}\n`);
}

describe('what is left in version 2 cgroups', () => {
  beforeEach(() => put('proc/7/cgroup', '0::/pod/box\n'));

  test('of the leaf', () => {
    version2('/pod/box', { 'memory.max': `${500 * MB}`, 'memory.current': `${200 * MB}` });
    expect(rooms()).toEqual({ container: 300 * MB });
  });
  test('of an ancestor, if that is less', () => {
    version2('/pod/box', { 'memory.max': `${500 * MB}`, 'memory.current': `${200 * MB}` });
    version2('/pod', { 'memory.max': `${600 * MB}`, 'memory.current': `${450 * MB}` });
    expect(rooms()).toEqual({ container: 150 * MB });
  });
  test('of memory.high, above which the kernel stalls whoever asks', () => {
    version2('/pod/box', {
      'memory.max': 'max',
      'memory.high': `${250 * MB}`,
      'memory.current': `${200 * MB}`,
    });
    expect(rooms()).toEqual({ container: 50 * MB });
  });
  test('with the pages of files that nobody uses taken as free', () => {
    version2('/pod/box', {
      'memory.max': `${500 * MB}`,
      'memory.current': `${450 * MB}`,
      'memory.stat': `anon 1\ninactive_anon 7\ninactive_file ${100 * MB}\nactive_file ${300 * MB}`,
    });
    expect(rooms()).toEqual({ container: 150 * MB });
  });
  test('is nothing where more is used than allowed', () => {
    version2('/pod/box', { 'memory.max': `${100 * MB}`, 'memory.current': `${120 * MB}` });
    expect(rooms()).toEqual({ container: 0 });
  });
  test.each(['max', '', 'nonsense'])('is unknown where the limit is %j', (limit) => {
    version2('/pod/box', { 'memory.max': limit, 'memory.current': `${120 * MB}` });
    expect(rooms()).toEqual({});
  });
});

test('version 1, and both at once: the lowest', () => {
  put('proc/7/cgroup', '4:cpu:/x\n3:memory:/docker/abc\n0::/other\n');
  put('cgroup/memory/docker/abc/memory.limit_in_bytes', `${400 * MB}`);
  put('cgroup/memory/docker/abc/memory.usage_in_bytes', `${100 * MB}`);
  put('cgroup/memory/docker/abc/memory.stat', `total_inactive_file ${10 * MB}\ninactive_file ${99 * MB}`);
  expect(rooms()).toEqual({ container: 310 * MB });
  put('cgroup/unified/other/memory.max', `${60 * MB}`);
  put('cgroup/unified/other/memory.current', `${20 * MB}`);
  expect(rooms()).toEqual({ container: 40 * MB });
});

describe('what is left of resource limits', () => {
  const limits = (space: string, data: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax data size             ${data}            unlimited            bytes     \nMax address space         ${space}            unlimited            bytes     \n`;
  test('is the address space less what is mapped', () => {
    put('proc/7/limits', limits('3000000000', 'unlimited'));
    put('proc/7/status', 'VmSize:\t 1000000 kB\nVmData:\t 500000 kB\n');
    expect(rooms()).toEqual({ rlimit: 3_000_000_000 - 1_024_000_000 });
  });
  test('or the data, if that is less', () => {
    put('proc/7/limits', limits('3000000000', '600000000'));
    put('proc/7/status', 'VmSize:\t 1000000 kB\nVmData:\t 500000 kB\n');
    expect(rooms()).toEqual({ rlimit: 600_000_000 - 512_000_000 });
  });
  test('is unknown without one', () => {
    put('proc/7/limits', limits('unlimited', 'unlimited'));
    put('proc/7/status', 'VmSize:\t 1000000 kB\nVmData:\t 500000 kB\n');
    expect(rooms()).toEqual({});
  });
});

test('the machine has what the kernel calls available', () => {
  put(
    'proc/meminfo',
    'MemTotal:       8000000 kB\nMemFree:         100000 kB\nMemAvailable:    2000000 kB\n',
  );
  expect(rooms()).toEqual({ machine: 2_048_000_000 });
});

test('nothing readable, nothing known', () => {
  expect(rooms()).toEqual({});
});
