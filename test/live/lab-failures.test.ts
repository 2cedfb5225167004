import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { LeaklineError } from '../../src/core/errors.ts';
import { type LabRequest, playLab } from '../../src/session/lab.ts';
import { childrenOf, cli, commandOf, isAlive, until } from './processes.ts';

const request: LabRequest = {
  scenario: 'websocket',
  clients: 2,
  items: 1000,
  forMs: 30_000,
  toTheEnd: false,
  until: 'verdict',
  ports: [0, 0],
  watch: { gc: 'auto', maxPauseMs: 50, falseAlarmProbability: 0.01 },
};

function serverFile(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
}

async function failureOf(changes: Partial<LabRequest>): Promise<LeaklineError> {
  const failure = await playLab(
    { ...request, ...changes },
    new AbortController().signal,
    () => undefined,
  ).then(
    () => null,
    (error: unknown) => error as LeaklineError,
  );
  if (failure === null) throw new Error('the lab played although it could not');
  return failure;
}

test('a scenario that does not exist is named, with those that do', async () => {
  const { code, stderr } = await cli(['lab', 'webrtc']);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no lab scenario "webrtc" (known: websocket)');
});

test('a server that ends at its start is told with what it said, and the other one is ended', async () => {
  const failure = await failureOf({ serverPath: () => serverFile('dying') });
  expect(failure.code).toBe('PROGRAM_ENDED_EARLY');
  expect(failure.message).toContain('exit code 7');
  expect(failure.message).toContain('cannot read the configuration: no such file');
  expect(childrenOf(process.pid)).toEqual([]);
});

test('clients that are refused are told, and both servers are ended', async () => {
  const failure = await failureOf({ serverPath: () => serverFile('refusing') });
  expect(failure.code).toBe('LAB_CLIENTS_REFUSED');
  expect(failure.message).toContain('503');
  expect(childrenOf(process.pid)).toEqual([]);
});

test('a taken port is named with the side that wanted it', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as { port: number };
  try {
    const { code, stderr } = await cli(['lab', '--port', String(port)]);
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} for the fixed server is taken`);
  } finally {
    blocker.close();
  }
});

test.each([100, 1500, 5000])('Ctrl-C after %i ms ends both servers and says 130', async (afterMs) => {
  const lab = spawn(process.execPath, ['dist/cli.js', 'lab'], { stdio: 'ignore' });
  const exited = new Promise<number | null>((resolve) => lab.once('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  // Beside the servers there may be the helper that attaches to them, which ends by itself.
  const servers = childrenOf(lab.pid ?? 0).filter((pid) => !commandOf(pid).includes('helper-process'));
  lab.kill('SIGINT');
  // In its first moments Node has no handler yet, and the signal ends it as the system does.
  expect(await exited).toSatisfy(
    (code: number | null) => code === 130 || (code === null && servers.length === 0),
  );
  if (afterMs > 1000) expect(servers).toHaveLength(2);
  await until(() => !servers.some(isAlive));
  expect(servers.filter(isAlive)).toEqual([]);
});
