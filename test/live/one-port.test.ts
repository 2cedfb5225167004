import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type RunningServer, cli, startServer, until } from './processes.ts';

const file = fileURLToPath(new URL('./servers/plain.mjs', import.meta.url));
const watch = (server: RunningServer) => cli([String(server.pid), '--for', '2s', '--quiet']);

test('leaklines that begin at one moment come through the one port in turn, and no process is asked in vain', async () => {
  const servers = await Promise.all(Array.from({ length: 5 }, () => startServer(file)));
  try {
    const ended = await Promise.all(servers.map(watch));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(servers.map(() => [3, '']));
    for (const server of servers) expect(server.stderr()).not.toContain('address already in use');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}, 60_000);

test('an inspector of another process that no option opened is waited for', async () => {
  const servers = await Promise.all([startServer(file), startServer(file)]);
  const [other, watched] = servers;
  try {
    await new Promise((done) => setTimeout(done, 1000));
    process.kill(other.pid, 'SIGUSR1');
    await until(() => other.stderr().includes('Debugger listening'));
    const watching = watch(watched);
    await new Promise((done) => setTimeout(done, 6000));
    await other.stop();
    const { code, stderr } = await watching;
    expect([code, stderr]).toEqual([3, '']);
    expect(watched.stderr()).not.toContain('address already in use');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}, 60_000);
