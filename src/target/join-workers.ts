import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerThread } from '../core/worker-thread.ts';
import { type AgentHello, openAgentDoor } from '../wire/agent-door.ts';
import type { HandlerRelay } from '../wire/handler-relay.ts';
import type { Peer } from '../wire/peer.ts';
import { installExpression } from './install-agent.ts';
import { doorPath, restrictToOwner } from './platform.ts';
import { giveToUser, makePrivateDirectory } from './private-directory.ts';
import { userOf } from './process-info.ts';

/** A worker thread with an agent of its own in it. */
export type JoinedWorker = {
  readonly thread: WorkerThread;
  readonly peer: Peer;
  readonly hello: AgentHello;
  /** What the agent says waits until this is connected. */
  readonly relay: HandlerRelay;
};

/**
 * Gets an agent into each of the worker threads, through the agent that is in the main thread: no signal, no port.
 * `welcome` gets each that has come. A thread that is too busy to answer within some seconds
 * is left out, and so is one that ends meanwhile.
 */
export async function joinWorkers(
  { pid, peer: main }: { readonly pid: number; readonly peer: Peer },
  threads: readonly WorkerThread[],
  agentSource: string,
  welcome: (worker: JoinedWorker) => void,
): Promise<void> {
  const directory = makePrivateDirectory();
  try {
    const door = await openAgentDoor(doorPath(directory.path, process.platform));
    restrictToOwner(door.socketPath, process.platform);
    giveToUser(userOf(pid), [door.socketPath, directory.path]);
    const awaited = new Map(threads.map((thread) => [`worker:${thread.id}`, thread]));
    door.welcome(({ peer, hello, relay }) => {
      const thread = awaited.get(hello.isolate);
      awaited.delete(hello.isolate);
      if (thread === undefined) peer.close();
      else welcome({ thread, peer, hello, relay });
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
