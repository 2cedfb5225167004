import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readLimits } from '../../src/target/limits.ts';

let root = '';
afterEach(() => rmSync(root, { recursive: true }));

const MB = 2 ** 20;
const V8_BYTES = 4000 * MB;

/** A tree of the kernel's files, those of process 7 among them; what `readLimits` makes of it. */
function limitsOf(files: Readonly<Record<string, string>>): ReturnType<typeof readLimits> {
  root = mkdtempSync(join(tmpdir(), 'leakline-limits-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readLimits(7, V8_BYTES, { proc: join(root, 'proc'), cgroup: join(root, 'cgroup') });
}

test('version 2: the leaf', () => {
  const limits = limitsOf({
    'proc/7/cgroup': '0::/app.slice/web.service\n',
    'cgroup/app.slice/web.service/memory.max': `${512 * MB}\n`,
    'cgroup/app.slice/web.service/memory.high': 'max\n',
  });
  expect(limits).toMatchObject({ containerBytes: 512 * MB, effectiveBytes: 512 * MB, which: 'container' });
});

test('version 2: an ancestor that is narrower than the leaf, and memory.high', () => {
  const limits = limitsOf({
    'proc/7/cgroup': '0::/kube/pod/container\n',
    'cgroup/kube/pod/container/memory.max': `${512 * MB}\n`,
    'cgroup/kube/pod/memory.max': `${400 * MB}\n`,
    'cgroup/kube/memory.high': `${300 * MB}\n`,
  });
  expect(limits.containerBytes).toBe(300 * MB);
});

test('version 2 in a container of its own namespace: the root of the tree', () => {
  const limits = limitsOf({ 'proc/7/cgroup': '0::/\n', 'cgroup/memory.max': `${256 * MB}\n` });
  expect(limits.containerBytes).toBe(256 * MB);
});

test('version 1, and the number it writes for no limit', () => {
  const limits = limitsOf({
    'proc/7/cgroup': '9:cpu,cpuacct:/a\n4:memory:/docker/abc\n1:name=systemd:/b\n',
    'cgroup/memory/docker/abc/memory.limit_in_bytes': `${128 * MB}\n`,
    'cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
  });
  expect(limits.containerBytes).toBe(128 * MB);
});

test('hybrid: both trees are looked at', () => {
  const limits = limitsOf({
    'proc/7/cgroup': '4:memory:/x\n0::/x\n',
    'cgroup/memory/x/memory.limit_in_bytes': `${900 * MB}\n`,
    'cgroup/unified/x/memory.max': `${800 * MB}\n`,
  });
  expect(limits.containerBytes).toBe(800 * MB);
});

test.each([
  ['no cgroup', {}],
  ['"max"', { 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': 'max\n' }],
  ['0', { 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': '0\n' }],
  ['1.8e19', { 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': '18446744073709551615\n' }],
  ['an empty file', { 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': '' }],
  ['garbage', { 'proc/7/cgroup': 'a\n\0:\n0', 'cgroup/memory.max': 'many' }],
  ['unlimited resources', { 'proc/7/limits': 'Max address space     unlimited     unlimited     bytes\n' }],
])('%s means no limit but V8s', (_, files) => {
  expect(limitsOf(files as Record<string, string>)).toEqual({
    heapBytes: V8_BYTES,
    containerBytes: null,
    rlimitBytes: null,
    effectiveBytes: V8_BYTES,
    which: 'heap',
  });
});

test('ulimit -v counts what is reserved, of which only the resident part is memory', () => {
  const limits = limitsOf({
    'proc/7/limits': `Limit                     Soft Limit           Hard Limit           Units\nMax data size             unlimited            unlimited            bytes\nMax address space         ${2000 * MB}           unlimited            bytes\n`,
    'proc/7/status': `Name:\tnode\nVmSize:\t ${1100 * 1024} kB\nVmRSS:\t ${100 * 1024} kB\nVmData:\t ${300 * 1024} kB\n`,
  });
  expect(limits).toMatchObject({ rlimitBytes: 1000 * MB, effectiveBytes: 1000 * MB, which: 'rlimit' });
});
