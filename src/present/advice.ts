import type { ErrorCode } from '../core/errors.ts';

/** What to try next; `null` where the sentence of the error already says it. */
export function adviceFor(code: ErrorCode): string | null {
  return ADVICE_BY_CODE[code];
}

// Exhaustive by type: a new code does not compile until somebody has thought about what its reader does next.
const ADVICE_BY_CODE: Readonly<Record<ErrorCode, string | null>> = {
  USAGE: 'Run leakline --help for the commands and their options.',
  NO_SUCH_PROCESS: 'List the Node processes of this machine with: leakline ps',
  NOT_NODE:
    'Give the pid of the Node process itself, not of npm, a shell or a supervisor: leakline ps lists them.',
  OTHER_USER: 'Run leakline as the user that owns the process, or with sudo.',
  NOT_READABLE:
    'It may be protected (a container, a sandbox, hidepid): run leakline beside it, as the same user.',
  PROCESS_ZOMBIE:
    'It can no longer be watched. If its supervisor started a new one, give that pid: leakline ps',
  PROCESS_STOPPED: 'Let it go on (kill -CONT PID, or resume it in the debugger), then try again.',
  NODE_TOO_OLD: 'Run it with a Node that is still maintained (20, 22, 24 or newer), and attach again.',
  SIGUSR1_LETHAL:
    'Start it with --inspect=127.0.0.1:0 and attach to that address, or watch it from its start with: leakline run -- node app.js',
  SIGUSR1_DISABLED:
    'Start it without that option, or with --inspect=127.0.0.1:0 and attach to that address: leakline attach HOST:PORT',
  SIGUSR1_TAKEN:
    'Start it with node --import leakline/register app.js, or with --inspect=127.0.0.1:0 and attach to that address.',
  PERMISSION_MODEL:
    'On Node 24 and newer start it with --allow-inspector --inspect=127.0.0.1:0, and attach to that address. On Node 26 leakline run needs --allow-net.',
  NOT_THIS_MACHINE:
    'Run leakline where the process runs: ssh to that machine (or docker exec into the container), then leakline PID.',
  INSPECTOR_UNREACHABLE:
    'Take the address that the program printed ("Debugger listening on ws://…"), or give its pid instead.',
  FOREIGN_DEBUGGER: 'Resume the program in that debugger, or disconnect it, then try again.',
  OTHER_CONTAINER: 'Run leakline inside the container: docker exec -it CONTAINER npx leakline PID',
  INSPECTOR_DID_NOT_OPEN:
    'Its main thread may be busy: try again when the load is lower. If it never opens, start it with --inspect=127.0.0.1:0.',
  INSPECTOR_PORT_TAKEN:
    'Close what listens there (often the debugger of another Node process), then try again; or start the program with --inspect=127.0.0.1:0.',
  WRONG_PROCESS:
    'Close the debugger of the other process, or start yours with --inspect=127.0.0.1:0 for a port of its own.',
  INSPECTOR_FAILED:
    'Close other debuggers of the process and try again; with NODE_DEBUG=leakline the whole exchange is shown.',
  AGENT_DID_NOT_CONNECT: 'Its main thread may be busy: try again when the load is lower.',
  AGENT_FAILED: 'The program itself goes on. Try again; with NODE_DEBUG=leakline the details are shown.',
  TARGET_GONE:
    'If it ran out of memory, start it again and watch it from the start with: leakline run -- node app.js',
  CONSENT_NEEDED:
    'If it is a Node.js server of yours that does not use SIGUSR1 itself, say so: leakline PID --yes',
  PROCESS_LIST_FAILED:
    'Take the pid from ps, the Activity Monitor or the Task Manager, and give it: leakline PID',
  PROGRAM_NOT_FOUND: 'Check the command after the two dashes: leakline run -- node app.js',
  PROGRAM_ENDED_EARLY: 'Run the command alone until it stays up, then put leakline run -- before it.',
  LAB_PORT_TAKEN: 'End what listens on that port, or leave the port out and the lab takes a free one.',
  LAB_CLIENTS_REFUSED:
    'Check that connections over loopback (127.0.0.1) are allowed here, by firewall or sandbox.',
  UNKNOWN_SCENARIO: 'Leave the name out for the default: leakline lab',
  PAGE_NOT_SERVED: 'Write the page to a file instead: --html FILE, or leakline report FILE --html OUT.',
  CANNOT_WRITE: 'Give a path in a directory that exists and is writable, or - for standard output.',
  SNAPSHOT_UNSAFE:
    'Watch it instead (leakline PID), which takes no snapshot; give it more memory or --max-pause MS; or take it all the same with --force.',
  SNAPSHOT_BUSY: 'Wait until it is done: two at once could need the same memory.',
  SNAPSHOT_FAILED: 'The process goes on. See that the disk has room, then try again.',
  SNAPSHOT_NOT_HERE:
    'Take it by hand: node inspect -p PID, there takeHeapSnapshot(). It is neither guarded nor redacted.',
  FILE_EXISTS: 'Give another name with --out FILE.',
  SNAPSHOT_UNREADABLE:
    'Check the path and its permissions, and that it is a whole .heapsnapshot file, plain or gzip: if it was copied or downloaded, compare its size with the original.',
  LOG_UNREADABLE: 'Check the path and its permissions, or give - and send the log to standard input.',
  LOG_WITHOUT_MEMORY:
    'Start the program with node --trace-gc, or let it log JSON.stringify(process.memoryUsage()) every second.',
  REPORT_UNREADABLE:
    'Give a file that leakline PID, run, lab or judge wrote with --json FILE. For a log of memory there is leakline judge, for a heap snapshot leakline heap.',
};
