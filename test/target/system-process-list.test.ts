import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { listElsewhere } from '../../src/target/list-processes.ts';
import { readOutline } from '../../src/target/process-info.ts';
import {
  parsePosixProcesses,
  parseWindowsProcesses,
  systemProcessList,
} from '../../src/target/system-process-list.ts';

// The `ps` of this machine is of POSIX too; `/proc` says whether it was read rightly.
test.runIf(process.platform === 'linux')('ps tells what /proc tells', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const told = readOutline(pid);
    const listed = systemProcessList('darwin').find((one) => one.pid === pid);
    expect(listed).toMatchObject({ parent: process.pid, name: 'node' });
    expect(listed?.arguments.slice(0, 2)).toEqual(told?.arguments.slice(0, 2));
    // Whole seconds, rounded down; the process may have run on between two looks.
    expect(Math.abs((listed?.uptimeMs ?? 0) - (told?.uptimeMs ?? 0))).toBeLessThan(5000);
    expect((listed?.rssBytes ?? 0) / (told?.rssBytes ?? 1)).toBeGreaterThan(0.5);
    expect((listed?.rssBytes ?? 0) / (told?.rssBytes ?? 1)).toBeLessThan(2);
  } finally {
    child.kill();
  }
});

test('reads how long a process runs in every form POSIX has', () => {
  const times = ['00:07', '12:34', '03:00:00', '2-01:00:10'].map((time) => `  1 0  10 ${time} node a.js`);
  expect(parsePosixProcesses(times.join('\n')).map(({ uptimeMs }) => uptimeMs / 1000)).toEqual([
    7,
    12 * 60 + 34,
    3 * 3600,
    2 * 86_400 + 3600 + 10,
  ]);
});

test('reads what PowerShell writes: none, one, several', () => {
  const one = {
    ProcessId: 4242,
    ParentProcessId: 17,
    Name: 'node.exe',
    WorkingSetSize: 52_000_000,
    CommandLine: '"C:\\Program Files\\nodejs\\node.exe" server.js --port 80',
    UptimeMs: 61_000.5,
  };
  expect(parseWindowsProcesses('\r\n')).toEqual([]);
  const [read] = parseWindowsProcesses(JSON.stringify(one));
  expect(read).toEqual({
    pid: 4242,
    parent: 17,
    name: 'node.exe',
    arguments: ['C:\\Program Files\\nodejs\\node.exe', 'server.js', '--port', '80'],
    workingDirectory: null,
    uptimeMs: 61_000.5,
    rssBytes: 52_000_000,
  });
  const others = [one, { ...one, ProcessId: 5, CommandLine: null, UptimeMs: null }];
  expect(parseWindowsProcesses(JSON.stringify(others)).map(({ pid }) => pid)).toEqual([4242, 5]);
});

test('lists what is called node, each with the question that stands before it', () => {
  const outlines = parsePosixProcesses(
    [
      `  10 1  900 01:00 /usr/local/bin/node server.js`,
      `  11 1  900 01:00 vim node`,
      `  12 1  900 01:00 nodemon app.js`,
      `  ${process.pid} 1  900 01:00 node leakline ps`,
    ].join('\n'),
  );
  const listed = listElsewhere('darwin', outlines);
  expect(listed.map(({ outline }) => outline.pid)).toEqual([10]);
  expect(listed[0]?.way).toBeNull();
  expect(listed[0]?.refusal?.code).toBe('CONSENT_NEEDED');
});
