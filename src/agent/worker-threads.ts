import type * as diagnosticsChannelModule from 'node:diagnostics_channel';
import type * as inspectorModule from 'node:inspector';
import type { StallAccount } from '../core/stall-account.ts';
import type { WorkerThread } from '../core/worker-thread.ts';
import { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * The worker threads of the process, seen from its main thread through the inspector's `NodeWorker` domain, nested ones
 * included. It is connected only for as long as it takes to ask: a connected session would have V8 keep what the
 * threads log.
 */
export class WorkerThreads {
  readonly #inspectorModule: () => typeof inspectorModule;
  readonly #diagnosticsChannel: typeof diagnosticsChannelModule;
  readonly #account: StallAccount;
  readonly #onStarted: () => void;

  constructor(host: WorkerThreadsHost) {
    this.#inspectorModule = host.inspector;
    this.#diagnosticsChannel = host.diagnosticsChannel;
    this.#account = host.account;
    this.#onStarted = host.onStarted;
  }

  /** From now on `onStarted` is called for each worker this thread starts. */
  follow(): void {
    this.#diagnosticsChannel.subscribe(CHANNEL, this.#onStarted);
  }

  stop(): void {
    this.#diagnosticsChannel.unsubscribe(CHANNEL, this.#onStarted);
  }

  /** Some milliseconds the first time, then below one. */
  list(): WorkerThread[] {
    return this.#account.book('workers', () => {
      const session = new NodeWorkerSession(this.#inspectorModule());
      try {
        return session.workers.map(({ id, name }) => ({ id, name }));
      } finally {
        session.close();
      }
    });
  }

  /**
   * Evaluates the expression in each of the threads and gives back the ids of those that have done so. A thread that
   * does not come to it within two seconds is left to itself.
   */
  async evaluate(
    ids: readonly string[],
    expression: string,
    rest: (ms: number) => Promise<void>,
  ): Promise<string[]> {
    const session = this.#account.book('workers', () => new NodeWorkerSession(this.#inspectorModule()));
    try {
      const asked = session.workers.filter(({ id }) => ids.includes(id));
      this.#account.book('workers', () => {
        for (const worker of asked) session.evaluate(worker.sessionId, expression);
      });
      for (let tries = 0; tries < 100 && session.answered.size < asked.length; tries += 1) await rest(20);
      return asked.filter(({ sessionId }) => session.answered.has(sessionId)).map(({ id }) => id);
    } finally {
      session.close();
    }
  }
}

export type WorkerThreadsHost = {
  /** Asked for when it is needed: a Node built without it can be watched all the same. */
  readonly inspector: () => typeof inspectorModule;
  readonly diagnosticsChannel: typeof diagnosticsChannelModule;
  readonly account: StallAccount;
  readonly onStarted: () => void;
};

/** Node publishes each `new Worker` on it. */
const CHANNEL = 'worker_threads';

class NodeWorkerSession {
  readonly #inspector: InProcessInspector;
  readonly workers: (WorkerThread & { readonly sessionId: string })[] = [];
  /** Session ids of the threads whose evaluation ended without an exception. */
  readonly answered = new Set<string>();

  constructor(module: typeof inspectorModule) {
    this.#inspector = new InProcessInspector(module);
    this.#inspector.onNotification((method, params) => this.#receive(method, params));
    this.#inspector.connect();
    // Tells of those that run, before it returns.
    this.#inspector.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  evaluate(sessionId: string, expression: string): void {
    const params = { expression, includeCommandLineAPI: true, returnByValue: true, silent: true };
    const message = inAscii(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    this.#inspector.post('NodeWorker.sendMessageToWorker', { sessionId, message });
  }

  close(): void {
    this.#inspector.disconnect();
  }

  #receive(method: string, params: unknown): void {
    if (method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = params as {
        sessionId: string;
        workerInfo: { title: string };
      };
      const thread = readTitle(workerInfo.title);
      if (thread !== null) this.workers.push({ sessionId, ...thread });
    } else if (method === 'NodeWorker.receivedMessageFromWorker') {
      const { sessionId, message } = params as { sessionId: string; message: string };
      const answer = JSON.parse(message) as { id?: number; result?: { exceptionDetails?: unknown } };
      if (answer.id === 1 && answer.result?.exceptionDetails === undefined) this.answered.add(sessionId);
    }
  }
}

/** Node 20 passes a message with any other character on to the thread garbled: "Message must be a valid JSON". */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * `[worker 3] thumbnails`: Node's thread id and the worker's name. The domain's own `workerId` counts anew in every
 * session. Node 24 calls those without a name WorkerThread.
 */
function readTitle(title: string): WorkerThread | null {
  const [, id, name = ''] = /^\[worker (\d+)\]\s*(.*)$/s.exec(title) ?? [];
  if (id === undefined) return null;
  return { id, name: name === '' || name === 'WorkerThread' ? null : name };
}
