import { formatBytes } from './bytes.ts';
import { formatDuration } from './duration.ts';

/**
 * The world's failures, each with a code, the facts it happened with and a neutral sentence.
 * What to try next is the business of `present/advice.ts`, exit codes that of `cli/exit-codes.ts`.
 */
export class LeaklineError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly facts: FactsOf<Code>;

  constructor(code: Code, facts: FactsOf<Code>, options?: ErrorOptions) {
    super((SENTENCE_BY_CODE[code] as (facts: FactsOf<Code>) => string)(facts), options);
    this.name = 'LeaklineError';
    this.code = code;
    this.facts = facts;
  }
}

const SENTENCE_BY_CODE = {
  USAGE: ({ message }: { message: string }): string => message,
  NO_SUCH_PROCESS: ({ pid }: { pid: number }): string => `There is no process ${pid}`,
  NOT_NODE: ({ pid, executable }: { pid: number; executable: string }): string =>
    `Process ${pid} runs ${executable}, which is not a Node.js with an inspector`,
  OTHER_USER: ({ pid, uid }: { pid: number; uid: number }): string =>
    `Process ${pid} belongs to another user (uid ${uid})`,
  NOT_READABLE: ({ pid }: { pid: number; uid: number }): string =>
    `The system does not let this user look into process ${pid}`,
  PROCESS_ZOMBIE: ({ pid }: { pid: number }): string =>
    `Process ${pid} has exited and waits for its parent to collect it`,
  PROCESS_STOPPED: ({ pid }: { pid: number }): string => `Process ${pid} is stopped (SIGSTOP or a debugger)`,
  NODE_TOO_OLD: ({ pid, node }: { pid: number; node: string }): string =>
    `Process ${pid} runs Node ${node.replace(/^v/, '')}; leakline needs 20 or newer`,
  SIGUSR1_LETHAL: ({ pid, starting }: { pid: number; starting: boolean }): string =>
    starting
      ? `SIGUSR1 would end process ${pid}: it is starting and has no handler for it yet`
      : `SIGUSR1 would end process ${pid}: it has no handler for it, so leakline did not send it`,
  SIGUSR1_DISABLED: ({ pid }: { pid: number }): string =>
    `Process ${pid} blocks SIGUSR1 (started with --disable-sigusr1)`,
  SIGUSR1_TAKEN: ({ pid }: { pid: number }): string =>
    `Process ${pid} got SIGUSR1 and opened no inspector: it has a handler of its own, or waits for a child process`,
  PERMISSION_MODEL: ({ pid }: { pid: number }): string =>
    `Process ${pid} runs under Node's permission model, which keeps leakline out`,
  OTHER_CONTAINER: ({ pid }: { pid: number }): string =>
    `Process ${pid} runs in another container (another network, process list or file system)`,
  NOT_THIS_MACHINE: ({ address, pid }: { address: string; pid: number | null }): string =>
    pid === null
      ? `${address} is not this machine`
      : `The inspector at ${address} belongs to process ${pid} of another machine or container`,
  INSPECTOR_UNREACHABLE: ({ address, message }: { address: string; message: string }): string =>
    `No inspector answers at ${address}: ${message}`,
  FOREIGN_DEBUGGER: ({ pid, port }: { pid: number; port: number }): string =>
    `Another debugger is connected to process ${pid} (port ${port}) and holds it`,
  INSPECTOR_DID_NOT_OPEN: ({ pid, waitedMs }: { pid: number; waitedMs: number }): string =>
    `Process ${pid} did not open its inspector within ${waitedMs} ms of SIGUSR1`,
  INSPECTOR_PORT_TAKEN: ({
    pid,
    port,
    otherPid,
  }: {
    pid: number;
    port: number;
    otherPid: number | null;
  }): string =>
    `Process ${pid} could not open its inspector: port ${port} is taken${otherPid === null ? '' : ` by process ${otherPid}`}`,
  WRONG_PROCESS: ({ pid, port, otherPid }: { pid: number; port: number; otherPid: number }): string =>
    `The inspector on port ${port} belongs to process ${otherPid}, not to ${pid}`,
  INSPECTOR_FAILED: ({ pid, message }: { pid: number; message: string }): string =>
    `The inspector of process ${pid} did not do what it was asked: ${message}`,
  AGENT_DID_NOT_CONNECT: ({ pid, waitedMs }: { pid: number; waitedMs: number }): string =>
    `The agent in process ${pid} did not connect back within ${waitedMs} ms`,
  AGENT_FAILED: ({ pid, message }: { pid: number; message: string }): string =>
    `The agent in process ${pid} stopped: ${message}`,
  TARGET_GONE: ({ pid }: { pid: number }): string => `Process ${pid} ended while it was watched`,
  CONSENT_NEEDED: ({ pid, platform }: { pid: number; platform: string }): string =>
    `On ${platform} leakline can't find out whether process ${pid} is a Node.js that may be opened`,
  PROCESS_LIST_FAILED: ({ command, message }: { command: string; message: string }): string =>
    `The processes could not be listed with ${command}: ${message}`,
  PROGRAM_NOT_FOUND: ({ command, message }: { command: string; message: string }): string =>
    `The program could not be started: ${command}: ${message}`,
  PROGRAM_ENDED_EARLY: ({
    command,
    exit,
    output,
  }: {
    command: string;
    exit: string;
    output: string;
  }): string => `${command} ended at its start (${exit})${output === '' ? '' : `:\n${output}`}`,
  LAB_PORT_TAKEN: ({ port, side }: { port: number; side: string }): string =>
    `Port ${port} for the ${side} server is taken`,
  LAB_CLIENTS_REFUSED: ({ side, message }: { side: string; message: string }): string =>
    `The WebSocket clients could not connect to the ${side} server: ${message}`,
  UNKNOWN_SCENARIO: ({ scenario, known }: { scenario: string; known: string }): string =>
    `There is no lab scenario "${scenario}" (known: ${known})`,
  CANNOT_WRITE: ({ file, message }: { file: string; message: string }): string =>
    `${file} could not be written: ${message}`,
  SNAPSHOT_UNSAFE: ({ pid, objections }: UnsafeSnapshot): string =>
    `A heap snapshot of process ${pid} would not be safe: ${objections.map(objectionWords).join('; ')}`,
  SNAPSHOT_BUSY: (_: object): string => 'Another snapshot is being taken on this machine',
  SNAPSHOT_FAILED: ({ pid, message }: { pid: number; message: string }): string =>
    `Process ${pid} could not write its heap snapshot: ${message}`,
  SNAPSHOT_NOT_HERE: ({ platform }: { platform: string }): string =>
    `leakline takes heap snapshots on Linux only, and this is ${platform}`,
  FILE_EXISTS: ({ file }: { file: string }): string => `${file} exists already`,
  PAGE_NOT_SERVED: ({ message }: { message: string }): string =>
    `The page could not be served on 127.0.0.1: ${message}`,
  SNAPSHOT_UNREADABLE: ({ file, offset, message, isPacked }: UnreadableSnapshot): string =>
    `${file ?? 'The file'} can't be read as a heap snapshot: ${message}${offset === null ? '' : ` (at byte ${offset}${isPacked === true ? ' of the unpacked text' : ''})`}`,
  LOG_UNREADABLE: ({ file, message }: { file: string; message: string }): string =>
    `${file} could not be read: ${message}`,
  LOG_WITHOUT_MEMORY: ({ file, lines }: { file: string; lines: number }): string =>
    `${file} tells nothing of memory: ${lines === 0 ? 'it is empty' : `none of its ${lines} lines is a garbage collection or a process.memoryUsage()`}`,
  REPORT_UNREADABLE: ({ file, message }: { file: string; message: string }): string =>
    `${file} is no report of leakline that can be shown: ${message}`,
} as const;

type UnsafeSnapshot = {
  pid: number;
  /** `which` is the limit of memory: container, rlimit or machine. */
  objections: readonly (
    | { kind: 'memory'; needBytes: number; leftBytes: number; which: string }
    | { kind: 'pause'; pauseMs: number; maxPauseMs: number }
    | { kind: 'disk'; needBytes: number; leftBytes: number }
  )[];
};

function objectionWords(objection: UnsafeSnapshot['objections'][number]): string {
  switch (objection.kind) {
    case 'memory':
      return `it may need ${formatBytes(objection.needBytes)} of memory and ${formatBytes(objection.leftBytes)} are left (${LIMIT_WORDS[objection.which] ?? objection.which})`;
    case 'pause':
      return `it would stop the program for up to ${formatDuration(objection.pauseMs)}, and ${formatDuration(objection.maxPauseMs)} are allowed`;
    case 'disk':
      return `its files may take ${formatBytes(objection.needBytes)} and ${formatBytes(objection.leftBytes)} are free`;
  }
}

const LIMIT_WORDS: Readonly<Record<string, string>> = {
  container: 'in its container',
  rlimit: 'under its resource limit',
  machine: 'on this machine',
};

/** `offset` is null where not a byte could be read; whoever reads bytes alone knows no file. */
type UnreadableSnapshot = { file?: string; offset: number | null; message: string; isPacked?: boolean };

export type ErrorCode = keyof typeof SENTENCE_BY_CODE;
export type FactsOf<Code extends ErrorCode> = Parameters<(typeof SENTENCE_BY_CODE)[Code]>[0];

/** Every code there is, for the docs test. */
export const errorCodes: readonly ErrorCode[] = Object.keys(SENTENCE_BY_CODE) as ErrorCode[];
