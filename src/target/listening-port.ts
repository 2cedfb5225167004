import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { answerFromTables } from '../wire/connection-table.ts';

/** The loopback TCP ports a process listens on, from the kernel's table and the process's own descriptors. */
export function listeningPorts(pid: number): number[] {
  const inodes = socketInodes(pid);
  const own = listeners(pid).filter((listener) => inodes.has(listener.inode));
  // The kernel's table is read in pieces: a line may come twice when sockets come and go meanwhile.
  return [...new Set(own.map((listener) => listener.port))];
}

/** Whether anybody listens on the port, in the network namespace of `pid`. */
export function isPortTaken(pid: number, port: number): boolean {
  return listeners(pid).some((listener) => listener.port === port);
}

/** The process that listens on the port; `null` if it is none that we can look into. */
export function portHolder(port: number): number | null {
  const wanted = new Set(listeners(process.pid).flatMap((one) => (one.port === port ? [one.inode] : [])));
  if (wanted.size === 0) return null;
  const holds = (pid: number): boolean => [...socketInodes(pid)].some((inode) => wanted.has(inode));
  return (
    readdirSafely('/proc')
      .map(Number)
      .find((pid) => Number.isInteger(pid) && holds(pid)) ?? null
  );
}

/** Whether anybody is connected to the port, in the network namespace of `pid`. */
export function hasClients(pid: number, port: number): boolean {
  return sockets(pid, ESTABLISHED).some((socket) => socket.port === port);
}

/**
 * Whether a connection to the port is there that Node's inspector may still know of, in the network namespace of `pid`; `null` if
 * the process had better look itself (see `answerFromTables`). Throws where the kernel shows no table.
 */
export function isConnected(pid: number, port: number): boolean | null {
  const tables = ['tcp', 'tcp6'].map((name) => `/proc/${pid}/net/${name}`).filter((path) => existsSync(path));
  if (tables.length === 0) throw new Error("connections can't be listed");
  return answerFromTables(
    tables.map((path) => readFileSync(path, 'latin1')),
    port,
  );
}

// States of the kernel's table.
const ESTABLISHED = '01';
const LISTEN = '0A';

type LocalSocket = { readonly port: number; readonly inode: string };

function listeners(pid: number): LocalSocket[] {
  return sockets(pid, LISTEN);
}

function sockets(pid: number, state: string): LocalSocket[] {
  const found: LocalSocket[] = [];
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readTable(`/proc/${pid}/net/${table}`)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== state) continue;
      found.push({ port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16), inode: fields[9] ?? '' });
    }
  }
  return found;
}

function readTable(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').slice(1);
  } catch {
    // No IPv6, or the process is gone: whoever asked will notice the latter by itself.
    return [];
  }
}

/** The sockets a process holds, by the number the kernel's tables list them under. */
export function socketInodes(pid: number): Set<string> {
  const inodes = new Set<string>();
  const directory = `/proc/${pid}/fd`;
  for (const name of readdirSafely(directory)) {
    try {
      const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${directory}/${name}`));
      if (match?.[1] !== undefined) inodes.add(match[1]);
    } catch {
      // Closed between listing and reading.
    }
  }
  return inodes;
}

function readdirSafely(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
