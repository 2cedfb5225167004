import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attach } from '../../src/target/attach.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import { openInspector } from '../../src/target/open-inspector.ts';
import { readProcess } from '../../src/target/process-info.ts';
import { type NodeBinary, majorOf } from '../lib/nodes.ts';
import { builtFiles } from '../lib/built-files.ts';
import { type Outcome, inParallel } from './outcome.ts';
import { freePort, until } from './target.ts';

/** A process in a state in which SIGUSR1 could do harm, and what leakline must say to it. */
type Hazard = {
  readonly name: string;
  readonly script: string;
  readonly nodeArguments?: readonly string[];
  /** The code of the refusal, or `attached`; several where it depends on the moment. */
  readonly answer: string | readonly string[];
  readonly since?: number;
};

const IDLE = 'setInterval(() => {}, 1000);';

/** Node took its handler out with the program's own, so SIGUSR1 ends it. */
const DEFENCELESS = `${IDLE} const f = () => {}; process.on('SIGUSR1', f); process.off('SIGUSR1', f);`;

const NOBODY = 65534;

const HAZARDS: readonly Hazard[] = [
  {
    name: 'listener added and removed',
    script: DEFENCELESS,
    answer: 'SIGUSR1_LETHAL',
  },
  {
    name: 'own handler',
    script: `${IDLE} process.on('SIGUSR1', () => {});`,
    answer: 'SIGUSR1_TAKEN',
  },
  {
    name: '--disable-sigusr1',
    script: IDLE,
    nodeArguments: ['--disable-sigusr1'],
    answer: 'SIGUSR1_DISABLED',
    since: 22,
  },
  {
    name: '--permission',
    script: IDLE,
    nodeArguments: ['--permission'],
    answer: 'PERMISSION_MODEL',
    since: 24,
  },
  {
    name: 'busy for 3 s',
    script: `${IDLE} setTimeout(() => { const end = Date.now() + 3000; while (Date.now() < end); }, 1000);`,
    answer: ['attached', 'AGENT_DID_NOT_CONNECT'],
  },
  {
    name: 'blocked for 9 s',
    // Nothing interrupts this, so leakline gives up before there is anything to talk to.
    script: `${IDLE} setTimeout(() => process.getBuiltinModule('child_process').execSync('sleep 9'), 800);`,
    // From outside it looks like a program at rest, which has a handler of its own: the words say that it may be either.
    answer: ['SIGUSR1_TAKEN', 'INSPECTOR_DID_NOT_OPEN', 'INSPECTOR_FAILED'],
  },
];

/** T7: dispositions of SIGUSR1. No target may end by our signal, and each gets the answer that is right for it. */
export async function signalHazards(node: NodeBinary): Promise<Outcome> {
  const possible = HAZARDS.filter(({ since }) => since === undefined || majorOf(node.version) >= since);
  const cases: (() => Promise<string[]>)[] = [
    ...possible.map((hazard) => () => meet(node, hazard)),
    () => stopped(node),
    () => portTaken(node),
    () => zombie(node),
    () => reusedPid(node),
    () => otherUser(node),
    ...(process.getuid?.() === 0 ? [() => ofAnotherUser(node)] : []),
    otherBinary,
  ];
  const found = await inParallel(cases, 4, (one) => one());
  return {
    name: 'SIGUSR1 dispositions',
    node: node.version,
    runs: cases.length,
    violations: found.flat(),
    note: '',
  };
}

/** T7: attached to 0 to 20 ms after it was started, when Node has no handler yet. */
export async function earlyLaunches(node: NodeBinary, launches: number): Promise<Outcome> {
  const violations = await inParallel(
    Array.from({ length: launches }, (_, index) => index % 21),
    4,
    async (afterMs) => {
      const child = await start(node, IDLE);
      await sleep(afterMs);
      return expectAnswer(child, 'attached', `${afterMs} ms after its start`);
    },
  );
  return {
    name: 'early launches',
    node: node.version,
    runs: launches,
    violations: violations.flat(),
    note: '',
  };
}

async function meet(node: NodeBinary, { name, script, nodeArguments, answer }: Hazard): Promise<string[]> {
  const child = await start(node, script, nodeArguments);
  await sleep(1000);
  return expectAnswer(child, answer, name, name === 'blocked for 9 s');
}

/** Ends the child. `opensLate`: its inspector opens after we gave up, and the next leakline shuts it. */
async function expectAnswer(
  child: ChildProcess,
  answer: string | readonly string[],
  name: string,
  opensLate = false,
): Promise<string[]> {
  const wrong: string[] = [];
  const pid = child.pid ?? 0;
  try {
    const seen = await answerOf(pid);
    if (![answer].flat().includes(seen))
      wrong.push(`${name}: leakline said ${seen}, not ${[answer].flat().join(' or ')}`);
    if (opensLate) {
      await until(() => listeningPorts(pid).length > 0, 10_000);
      const next = await answerOf(pid);
      if (next !== 'attached') wrong.push(`${name}: the next leakline said ${next}`);
    }
    if (!(await until(() => listeningPorts(pid).length === 0, 3000)))
      wrong.push(`${name}: its inspector is open`);
    if (child.exitCode !== null || child.signalCode !== null)
      wrong.push(`${name}: it ended with ${child.signalCode ?? child.exitCode}`);
  } finally {
    child.kill('SIGKILL');
  }
  return wrong;
}

async function answerOf(pid: number): Promise<string> {
  try {
    const target = await attach(pid, builtFiles(), {});
    await target.close();
    return 'attached';
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}

async function stopped(node: NodeBinary): Promise<string[]> {
  const child = await start(node, IDLE);
  await sleep(300);
  child.kill('SIGSTOP');
  await sleep(50);
  return expectAnswer(child, 'PROCESS_STOPPED', 'stopped');
}

async function portTaken(node: NodeBinary): Promise<string[]> {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
  try {
    const child = await start(node, IDLE, [`--inspect-port=${port}`]);
    return await expectAnswer(child, 'INSPECTOR_PORT_TAKEN', 'port taken');
  } finally {
    other.close();
  }
}

/** A parent that never asks how its child ended. */
async function zombie(node: NodeBinary): Promise<string[]> {
  const parent = spawn('sh', ['-c', `"${node.path}" -e 0 & echo $!; exec sleep 20`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = await new Promise<number>((done) =>
      parent.stdout.once('data', (chunk: Buffer) => done(Number(chunk.toString()))),
    );
    await until(() => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')), 5000);
    const seen = await answerOf(pid);
    return seen === 'PROCESS_ZOMBIE' ? [] : [`zombie: leakline said ${seen}`];
  } finally {
    parent.kill('SIGKILL');
  }
}

/**
 * Between the look and the signal the process ended, and another of the same number began: whatever it is, it gets none.
 * This one the signal would end.
 */
async function reusedPid(node: NodeBinary): Promise<string[]> {
  const child = await start(node, DEFENCELESS);
  try {
    await sleep(1000);
    const now = readProcess(child.pid ?? 0);
    const earlier = { ...now, startTicks: now.startTicks - 1 };
    const attempt = { signal: null, onStep: () => undefined };
    const seen = await openInspector(earlier, attempt, () => undefined).then(
      () => 'opened',
      (error: unknown) => codeOf(error),
    );
    await sleep(50);
    return [
      ...(seen === 'NO_SUCH_PROCESS' ? [] : [`reused pid: leakline said ${seen}`]),
      ...(child.signalCode === null ? [] : [`reused pid: it ended with ${child.signalCode}`]),
    ];
  } finally {
    child.kill('SIGKILL');
  }
}

/** A leakline that is not root, and a process that is another user's. */
async function otherUser(node: NodeBinary): Promise<string[]> {
  const isRoot = process.getuid?.() === 0;
  // Who is no root finds another user's process in the first of all; who is becomes nobody.
  const child = isRoot ? await start(node, DEFENCELESS) : null;
  const pid = child?.pid ?? 1;
  try {
    await sleep(child === null ? 0 : 1000);
    const seen = isRoot ? await answerToNobody(pid) : await answerOf(pid);
    const ended = child !== null && child.signalCode !== null;
    return [
      ...(seen === 'OTHER_USER' ? [] : [`other user: leakline said ${seen}`]),
      ...(ended ? [`other user: it ended with ${child.signalCode}`] : []),
    ];
  } finally {
    child?.kill('SIGKILL');
  }
}

/** Root may attach to anybody's. A server that was started as root and gave that up can't reach what only root may. */
async function ofAnotherUser(node: NodeBinary): Promise<string[]> {
  const child = await start(node, `process.setgid(${NOBODY}); process.setuid(${NOBODY}); ${IDLE}`);
  await sleep(1000);
  return expectAnswer(child, 'attached', "root's leakline, another user's process");
}

/** As nobody, in a process of its own, because this one could not become root again. */
function answerToNobody(pid: number): Promise<string> {
  const look = spawn(process.execPath, ['.build/bench/unharmed.js', 'look', String(pid)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  look.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((done) => look.once('close', () => done(said.trim())));
}

/** What leakline says of a process to a user who is not root. Gives up root for ever. */
export function lookAsNobody(pid: number): Promise<string> {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
  return answerOf(pid);
}

async function otherBinary(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'unharmed-'));
  const file = join(folder, 'node');
  copyFileSync(
    execFileSync('sh', ['-c', 'readlink -f "$(command -v sleep)"'], { encoding: 'utf8' }).trim(),
    file,
  );
  const child = spawn(file, ['30'], { stdio: 'ignore' });
  try {
    await sleep(100);
    return await expectAnswer(child, 'SIGUSR1_LETHAL', 'another program named node');
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function start(
  node: NodeBinary,
  script: string,
  nodeArguments: readonly string[] = [],
): Promise<ChildProcess> {
  const port = nodeArguments.some((word) => word.startsWith('--inspect-port'))
    ? []
    : [`--inspect-port=${await freePort()}`];
  const child = spawn(node.path, [...port, ...nodeArguments, '-e', script], { stdio: 'ignore' });
  await new Promise((done) => child.once('spawn', done));
  return child;
}
