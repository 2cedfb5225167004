import {
  closeSync,
  fstatSync,
  openSync,
  opendirSync,
  readSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs';

/** A process that reads a terminal at this moment, or may. */
export type TerminalReader = {
  readonly pid: number;
  /**
   * It may be asking for a password: it opened the terminal itself (`/dev/tty`), as such programs do, or belongs to another user and
   * can't be looked into.
   */
  readonly asksSecret: boolean;
};

export type TerminalReaders = {
  /** All but ourselves. Throws where what everybody may read can't be read. */
  look(): TerminalReader[];
};

/**
 * Tells from outside who reads the terminal that controls process `self`, if that is what the descriptor is; `null` where it is
 * not, or where nobody tells (Linux on x64 and arm64, proc(5)).
 *
 * Reading is who waits for input in an epoll set, which is Node with `process.stdin` resumed; who is within `read`, or within `poll`
 * or `select` with the terminal as standard input; and who can't be looked into, or waits for more than it is right to ask for. Nobody is seen who asks now and then without
 * waiting. Who has paused since stays in Node's epoll set until a line is typed, and so seems to read.
 *
 * Only those are looked at that the kernel lets read: the terminal's foreground group, and below `self` who has left the terminal's
 * session and kept its descriptors. `isOurs` names processes that are left out with all they start; `self` is left out alone.
 */
export function openTerminalReaders(
  descriptor: number,
  isOurs: (pid: number) => boolean,
  self: number = process.pid,
): TerminalReaders | null {
  const calls = CALLS_BY_ARCH[process.arch];
  if (process.platform !== 'linux' || calls === undefined) return null;
  const terminal = terminalOf(descriptor);
  if (terminal === null || outlineOf(self)?.terminal !== terminal.device || !isTold()) return null;
  /** Of other terminals, or of none. They don't come to ours but by a fork from it, which is another process. */
  const strangers = new Set<number>();
  const crowded = new Set<number>();
  let looks = 0;
  return {
    look() {
      looks += 1;
      if (looks % LOOKS_REMEMBERED === 0) {
        strangers.clear();
        crowded.clear();
      }
      const outlineByPid = new Map<number, ProcessOutline>();
      for (const name of readdirSync('/proc')) {
        const pid = Number(name);
        if (!Number.isInteger(pid) || strangers.has(pid)) continue;
        const outline = outlineOf(pid);
        if (outline !== null) outlineByPid.set(pid, outline);
      }
      const group = outlineByPid.get(self)?.foregroundGroup;
      return [...outlineByPid].flatMap(([pid, outline]): TerminalReader[] => {
        const isHere = outline.terminal === terminal.device;
        const place = placeInTree(pid, self, outlineByPid, isOurs);
        if (!isHere && place === 'elsewhere') strangers.add(pid);
        if (place === 'ours' || (isHere ? outline.group !== group : place === 'elsewhere')) return [];
        const reading = readingOf({ pid, isHere, terminal, calls, crowded });
        return reading === 'no' ? [] : [{ pid, asksSecret: reading === 'in secret' }];
      });
    },
  };
}

/** After so many looks everything is looked at anew: a process may have been given the number of another. */
const LOOKS_REMEMBERED = 20;

type Reading = 'no' | 'yes' | 'in secret';

type Place = 'ours' | 'below' | 'elsewhere';

function placeInTree(
  pid: number,
  self: number,
  outlineByPid: ReadonlyMap<number, ProcessOutline>,
  isOurs: (pid: number) => boolean,
): Place {
  if (pid === self || isOurs(pid)) return 'ours';
  let at = outlineByPid.get(pid)?.parent;
  // No chain of parents is longer than there are processes.
  for (let steps = 0; at !== undefined && steps < outlineByPid.size; steps += 1) {
    if (isOurs(at)) return 'ours';
    if (at === self) return 'below';
    at = outlineByPid.get(at)?.parent;
  }
  return 'elsewhere';
}

type Look = {
  readonly pid: number;
  /** The terminal controls it, so that `/dev/tty` is the terminal. */
  readonly isHere: boolean;
  readonly terminal: Terminal;
  readonly calls: Calls;
  /** Processes that wait for so much that asking for it holds them up: the kernel lists all of it in one go and locks the set. */
  readonly crowded: Set<number>;
};

function readingOf(look: Look): Reading {
  if (look.crowded.has(look.pid)) return 'yes';
  try {
    const epolls = epollsOf(look.pid);
    let reading: Reading = 'no';
    for (const thread of readdirSync(`/proc/${look.pid}/task`)) {
      const wait = waitOf(`/proc/${look.pid}/task/${thread}`, look.calls);
      if (wait.in === 'epoll') epolls.add(wait.descriptor);
      else if (wait.in === 'unknown') reading = 'in secret';
      else if (wait.in !== 'else') reading = isTerminal(wait.in === 'read' ? wait.descriptor : 0, look);
      if (reading !== 'no') return reading;
    }
    for (const epoll of epolls) {
      const set = textOf(`/proc/${look.pid}/fdinfo/${epoll}`);
      if (set === null) continue;
      if (set.length > SET_CHARACTERS_MOST) look.crowded.add(look.pid);
      if (look.crowded.has(look.pid) || waitsForInput(set, look.terminal.inodes)) return 'yes';
    }
    return 'no';
  } catch (error) {
    return hasGone(error) ? 'no' : 'in secret';
  }
}

/** Some thousand connections. */
const SET_CHARACTERS_MOST = 75_000;

/** Those of its epoll sets that no thread need wait in at this moment, as it computes. */
function epollsOf(pid: number): Set<number> {
  const found = new Set<number>();
  const folder = opendirSync(`/proc/${pid}/fd`);
  try {
    // In ascending order. A loop has its set before it has anything to wait for, and a server may have thousands.
    for (let count = 0; count < DESCRIPTORS_MOST; count += 1) {
      const entry = folder.readSync();
      if (entry === null) break;
      if (targetOf(`/proc/${pid}/fd/${entry.name}`) === 'anon_inode:[eventpoll]')
        found.add(Number(entry.name));
    }
  } finally {
    folder.closeSync();
  }
  return found;
}

const DESCRIPTORS_MOST = 128;

/** Whether what is asked of others is told of ourselves: sandboxes have a `/proc` with less in it. */
function isTold(): boolean {
  const pid = process.pid;
  try {
    const sets = [...epollsOf(pid)];
    const lines = sets.map((set) => textOf(`/proc/${pid}/fdinfo/${set}`) ?? '');
    // The first process is not shown where those of others are not (hidepid).
    return (
      textOf('/proc/1/stat') !== null &&
      textOf(`/proc/${pid}/syscall`) !== null &&
      lines.some((text) => text.match(WATCHED) !== null)
    );
  } catch {
    return false;
  }
}

function isTerminal(descriptor: number, { pid, isHere, terminal }: Look): Reading {
  const device = statSync(`/proc/${pid}/fd/${descriptor}`, { throwIfNoEntry: false })?.rdev;
  if (device === terminal.device) return 'yes';
  return isHere && device === CONTROLLING_TERMINAL ? 'in secret' : 'no';
}

/** `/dev/tty`: character device 5, 0. */
const CONTROLLING_TERMINAL = 0x500;

/** What a thread waits in, as far as it could be reading. */
export type ThreadWait =
  | { readonly in: 'read' | 'epoll'; readonly descriptor: number }
  | { readonly in: 'poll' | 'else' | 'unknown' };

function waitOf(thread: string, calls: Calls): ThreadWait {
  let call: string | null;
  try {
    call = textOf(`${thread}/syscall`);
  } catch {
    // Where only a debugger may see it (Yama), as of a process that is not below us.
    const state = /\) (\S)/.exec(textOf(`${thread}/stat`) ?? '')?.[1] ?? 'X';
    return waitFromChannel(textOf(`${thread}/wchan`) ?? '', state);
  }
  return call === null ? { in: 'else' } : waitFromCall(call, calls);
}

/** `0 0x5 …`: the number of the system call and its arguments; `running` where it is in none. */
export function waitFromCall(text: string, calls: Calls): ThreadWait {
  const [number = '', first = ''] = text.split(' ');
  const wait = calls[Number(number)];
  if (number === 'running' || wait === undefined) return { in: 'else' };
  return wait === 'poll' ? { in: wait } : { in: wait, descriptor: Number(first) };
}

/** The function of the kernel's that a thread sleeps in; `0` where that isn't told. Functions of many kernels. */
export function waitFromChannel(channel: string, state: string): ThreadWait {
  if (/^(?:0|)$/.test(channel)) return { in: /[SD]/.test(state) ? 'unknown' : 'else' };
  // The second waits for a terminal or for a socket.
  if (/^(?:n_tty_read|wait_woken)/.test(channel)) return { in: 'unknown' };
  if (/select|poll/.test(channel) && !/epoll|ep_poll/.test(channel)) return { in: 'poll' };
  return { in: 'else' };
}

/** Of the file's lines, one a descriptor: `tfd: 17 events: 19 data: 11 pos:0 ino:3 sdev:1a`, all but the first hexadecimal. */
export function waitsForInput(epollSet: string, inodes: readonly Inode[]): boolean {
  for (const [, events = '', inode = '', device = ''] of epollSet.matchAll(WATCHED)) {
    const isInput = (Number.parseInt(events, 16) & EPOLLIN) !== 0;
    if (!isInput) continue;
    const [number, where] = [Number.parseInt(inode, 16), Number.parseInt(device, 16)];
    if (inodes.some((known) => known.number === number && known.device === where)) return true;
  }
  return false;
}

const WATCHED = /^tfd: .*?events: +([0-9a-f]+) .*?ino:([0-9a-f]+) sdev:([0-9a-f]+)/gm;
const EPOLLIN = 1;

/** Its number in its file system, and that one's device as the kernel numbers them. */
export type Inode = { readonly number: number; readonly device: number };

type Terminal = {
  readonly device: number;
  /** The terminal by its own name and as `/dev/tty`. */
  readonly inodes: readonly Inode[];
};

function terminalOf(descriptor: number): Terminal | null {
  try {
    const own = fstatSync(descriptor);
    const alias = statSync('/dev/tty', { throwIfNoEntry: false });
    const inodes = [own, ...(alias === undefined ? [] : [alias])].map(({ ino, dev }) => ({
      number: ino,
      device: kernelDevice(dev),
    }));
    return own.isCharacterDevice() ? { device: own.rdev, inodes } : null;
  } catch {
    return null;
  }
}

/** Twelve bits and twenty, where `stat` gives the lower eight of the twenty first. */
function kernelDevice(device: number): number {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  return major * 2 ** 20 + minor;
}

type ProcessOutline = {
  readonly parent: number;
  readonly group: number;
  /** Its controlling terminal, numbered as `stat` does; 0 for none. */
  readonly terminal: number;
  readonly foregroundGroup: number;
};

/** `null` for who has ended. Throws where that may not be read. */
function outlineOf(pid: number): ProcessOutline | null {
  try {
    const stat = textOf(`/proc/${pid}/stat`) ?? '';
    // Behind the command in its brackets: state, parent, group, session, terminal, the terminal's foreground group.
    const [state = 'X', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 6);
    const [parent = 0, group = 0, , terminal = 0, foregroundGroup = 0] = fields.map(Number);
    return /[ZX]/.test(state) ? null : { parent, group, terminal, foregroundGroup };
  } catch (error) {
    if (hasGone(error)) return null;
    throw error;
  }
}

/** `null` if it has been closed. */
function targetOf(descriptor: string): string | null {
  try {
    return readlinkSync(descriptor);
  } catch (error) {
    if (hasGone(error)) return null;
    throw error;
  }
}

/** `null` if it has gone. For files of `/proc`, which hand over all they have: a read that is short was the last. */
function textOf(path: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    let text = '';
    for (;;) {
      const bytes = readSync(file, BUFFER);
      text += BUFFER.toString('latin1', 0, bytes);
      if (bytes < BUFFER.length) return text;
    }
  } catch (error) {
    if (hasGone(error)) return null;
    throw error;
  } finally {
    if (file !== null) closeSync(file);
  }
}

const BUFFER = Buffer.alloc(64 * 1024);

function hasGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** System calls that wait for input, by their numbers: a descriptor is the first argument of `read` and `epoll`. */
export type Calls = Readonly<Record<number, 'read' | 'poll' | 'epoll'>>;

/** read, readv; poll, select, pselect6, ppoll; epoll_wait, epoll_pwait, epoll_pwait2. */
export const CALLS_BY_ARCH: Readonly<Partial<Record<NodeJS.Architecture, Calls>>> = {
  x64: {
    0: 'read',
    19: 'read',
    7: 'poll',
    23: 'poll',
    270: 'poll',
    271: 'poll',
    232: 'epoll',
    281: 'epoll',
    441: 'epoll',
  },
  // It has no poll, select and epoll_wait of its own.
  arm64: { 63: 'read', 65: 'read', 72: 'poll', 73: 'poll', 22: 'epoll', 441: 'epoll' },
};
