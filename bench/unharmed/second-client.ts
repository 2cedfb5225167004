import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Report } from '../../src/report/schema.ts';
import { listInspectorTargets } from '../../src/wire/inspector-directory.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import type { NodeBinary } from '../lib/nodes.ts';
import type { Outcome } from './outcome.ts';
import { type Target, startTarget, until } from './target.ts';

/** T8: whoever uses the inspector of a process before or beside leakline finds everything as it was. */
export async function secondClients(node: NodeBinary): Promise<Outcome> {
  const cases = [debuggerKeepsItsInspector, pausedStaysPaused, lateDebuggerIsNotShutOut, samplerGoesOn];
  const found = await Promise.all(
    cases.map(async (one) => (await one(node)).map((what) => `${one.name}: ${what}`)),
  );
  return {
    name: 'second client',
    node: node.version,
    runs: cases.length,
    violations: found.flat(),
    note: '',
  };
}

/** The program was started with --inspect and a debugger samples: both are there after a whole watch. */
async function debuggerKeepsItsInspector(node: NodeBinary): Promise<string[]> {
  const target = await startTarget(node, 'cjs', { nodeArguments: ['--inspect=127.0.0.1:PORT'] });
  try {
    const client = await connect(target);
    await client.post('HeapProfiler.enable');
    await client.post('HeapProfiler.startSampling', { samplingInterval: 4096 });
    const { notes } = await watch(target, '5s');
    const before = sampledBytes(await client.post('HeapProfiler.getSamplingProfile'));
    for (let i = 0; i < 5; i += 1) await target.ask('/allocate');
    const after = sampledBytes(await client.post('HeapProfiler.getSamplingProfile'));
    client.close();
    return [
      ...(client.closedByTarget() ? ['its connection was closed'] : []),
      ...(notes.some((note) => note.startsWith('Contended'))
        ? []
        : ['leakline does not say that it is contended']),
      ...(after > before ? [] : [`its sampler stopped: ${before} bytes, then ${after}`]),
      ...(listeningPorts(target.pid).includes(target.inspectorPort) ? [] : ['its inspector was shut']),
    ];
  } finally {
    await target.kill();
  }
}

/** Leakline gives up on a paused program, and neither resumes it nor is in the way when the debugger does. */
async function pausedStaysPaused(node: NodeBinary): Promise<string[]> {
  const target = await startTarget(node, 'cjs', { nodeArguments: ['--inspect=127.0.0.1:PORT'] });
  try {
    const client = await connect(target);
    await client.post('Debugger.enable');
    await client.post('Debugger.pause');
    await until(() => client.events().includes('Debugger.paused'), 5000);
    await watch(target, '2s');
    const resumedEarly = client.events().includes('Debugger.resumed');
    await client.post('Debugger.resume');
    const answers = (await target.ask('/')) === 'ok';
    client.close();
    return [
      ...(resumedEarly ? ['it was resumed'] : []),
      ...(answers ? [] : ['it does not answer after it was resumed']),
    ];
  } finally {
    await target.kill();
  }
}

/** A debugger that comes while the inspector leakline opened is still open: it is not shut until that one has left. */
async function lateDebuggerIsNotShutOut(node: NodeBinary): Promise<string[]> {
  // It may come in the instant between the agent's look and the shutting; twice in a row that is no accident.
  const first = await lateDebuggerOnce(node);
  return first.length === 0 ? [] : lateDebuggerOnce(node);
}

async function lateDebuggerOnce(node: NodeBinary): Promise<string[]> {
  const target = await startTarget(node, 'cjs');
  try {
    const watching = watch(target, '4s');
    await until(() => listeningPorts(target.pid).includes(target.inspectorPort), 10_000);
    const client = await connect(target).catch(() => null);
    // The inspector is open for a fifth of a second; who comes later has missed it.
    if (client === null) return [];
    await sleep(1500);
    const answered = await client.post('Runtime.evaluate', { expression: '1 + 1' }).then(
      () => true,
      () => false,
    );
    client.close();
    await watching;
    const isShut = await until(() => !listeningPorts(target.pid).includes(target.inspectorPort), 5000);
    const answers = (await target.ask('/')) === 'ok';
    return [
      ...(answered ? [] : ['its connection was closed']),
      ...(answers ? [] : ['the target does not answer']),
      ...(isShut || !answered ? [] : ['the inspector stayed open after it had left']),
    ];
  } finally {
    await target.kill();
  }
}

/** The program samples its own heap through an in-process session: it goes on through a whole watch with census. */
async function samplerGoesOn(node: NodeBinary): Promise<string[]> {
  const target = await startTarget(node, 'cjs');
  try {
    await target.ask('/sampler/start');
    await watch(target, '6s');
    const before = Number(await target.ask('/sampler/bytes'));
    for (let i = 0; i < 5; i += 1) await target.ask('/allocate');
    const after = Number(await target.ask('/sampler/bytes'));
    return after > before && before >= 0
      ? []
      : [`the sampler had ${before} bytes after the watch, then ${after}`];
  } finally {
    await target.kill();
  }
}

/** A whole watch by the built command; its report, or an empty one if it gave none. */
function watch(target: Target, forTime: string): Promise<{ readonly notes: readonly string[] }> {
  const child = spawn(
    process.execPath,
    ['dist/cli.js', String(target.pid), '--for', forTime, '--until', 'end', '--quiet', '--json', '-'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done) =>
    child.once('close', () => done(output === '' ? { notes: [] } : (JSON.parse(output) as Report))),
  );
}

type DebuggerClient = {
  post(method: string, params?: object): Promise<unknown>;
  events(): readonly string[];
  closedByTarget(): boolean;
  close(): void;
};

async function connect({ inspectorPort }: Target): Promise<DebuggerClient> {
  const [inspected] = await listInspectorTargets('127.0.0.1', inspectorPort, 5000);
  const socket = new WebSocket(inspected?.webSocketDebuggerUrl ?? '', { perMessageDeflate: false });
  const waiting = new Map<number, (answer: unknown) => void>();
  const events: string[] = [];
  let lastId = 0;
  let closed = false;
  let closing = false;
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as {
      id?: number;
      method?: string;
      result?: unknown;
    };
    if (message.id === undefined) events.push(message.method ?? '');
    else waiting.get(message.id)?.(message.result);
  });
  socket.on('close', () => {
    closed = !closing;
  });
  await new Promise<void>((done, fail) => {
    socket.once('open', done);
    socket.once('error', fail);
  });
  return {
    post: (method, params = {}) => {
      if (closed) return Promise.reject(new Error('the target closed the connection'));
      const id = ++lastId;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((done, fail) => {
        waiting.set(id, done);
        setTimeout(() => fail(new Error(`${method} was not answered within 10 s`)), 10_000).unref();
      });
    },
    events: () => events,
    closedByTarget: () => closed,
    close: () => {
      closing = true;
      socket.close();
    },
  };
}

type SampleNode = { readonly selfSize: number; readonly children: readonly SampleNode[] };

function sampledBytes(answer: unknown): number {
  const sum = (node: SampleNode): number =>
    node.children.reduce((total, child) => total + sum(child), node.selfSize);
  return sum((answer as { profile: { head: SampleNode } }).profile.head);
}
