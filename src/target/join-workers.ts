import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerThread } from '../core/worker-thread.ts';
import { type AgentHello, openAgentDoor } from '../wire/agent-door.ts';
import type { Peer, PeerHandlers } from '../wire/peer.ts';
import { installExpression } from './attach.ts';
import { makePrivateDirectory } from './private-directory.ts';

/** A worker thread with an agent of its own in it. */
export type JoinedWorker = {
  readonly thread: WorkerThread;
  readonly peer: Peer;
  readonly hello: AgentHello;
};

/**
 * Gets an agent into each of the worker threads, through the agent that is in the main thread: no signal, no port.
 * `welcome` is asked for each that has come who listens to it. A thread that is too busy to answer within some seconds
 * is left out, and so is one that ends meanwhile.
 */
export async function joinWorkers(
  main: Peer,
  threads: readonly WorkerThread[],
  agentSource: string,
  welcome: (worker: JoinedWorker) => PeerHandlers,
): Promise<void> {
  const directory = makePrivateDirectory();
  try {
    const door = await openAgentDoor(join(directory.path, 'agent'));
    chmodSync(door.socketPath, 0o600);
    const awaited = new Map(threads.map((thread) => [`worker:${thread.id}`, thread]));
    door.acceptAll((peer, hello) => {
      const thread = awaited.get(hello.isolate);
      awaited.delete(hello.isolate);
      if (thread !== undefined) return welcome({ thread, peer, hello });
      peer.close();
      return {};
    });
    const { socketPath, token } = door;
    const expression = installExpression(agentSource, { socketPath, token, closeInspector: false });
    try {
      await main.call('evaluate in workers', { ids: threads.map(({ id }) => id), expression });
      for (let tries = 0; tries < 50 && awaited.size > 0; tries += 1) await sleep(20);
    } finally {
      door.shut();
    }
  } finally {
    directory.remove();
  }
}
