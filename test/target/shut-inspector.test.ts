import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { shutWhatWeOpened } from '../../src/target/shut-inspector.ts';

/** Its inspector is open, and it shuts it itself after so many milliseconds. */
async function program(
  shutsAfterMs: number,
): Promise<{ child: ChildProcess; port: number; said: () => string }> {
  const text = `setTimeout(() => require('node:inspector').close(), ${shutsAfterMs}); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', text], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  await expect.poll(() => errors, { timeout: 10_000 }).toMatch(/ws:\/\//);
  return { child, port: Number(/:(\d+)\//.exec(errors)?.[1]), said: () => errors };
}

const givenUp = new Error('given up');

test.runIf(process.platform === 'linux').each([
  { agentWasSent: true, what: 'nobody connects while the agent that was sent is about to shut it' },
  { agentWasSent: false, what: 'without an agent the next client shuts it' },
])('$what', async ({ agentWasSent }) => {
  const { child, port, said } = await program(1000);
  try {
    expect(await shutWhatWeOpened(child.pid ?? 0, '', givenUp, port, agentWasSent)).toBe(true);
    expect(said().includes('Debugger attached')).toBe(!agentWasSent);
    expect(child.exitCode).toBe(null);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
