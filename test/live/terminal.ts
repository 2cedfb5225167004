import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from 'vitest';

/** A command at a terminal of its own. */
export type Terminal = {
  readonly child: ChildProcess;
  type(keys: string): void;
  /** All that was written to the terminal. */
  text(): string;
  bytes(): Buffer;
  shows(words: RegExp, withinMs?: number): Promise<void>;
  ends(code: string): Promise<void>;
  /** Its mode before and after the command, as `stty -g` tells it. */
  modes(): readonly string[];
};

/**
 * `script` of util-linux gives the command a terminal of its own; at its end the exit code and the terminal's mode are written, and
 * the mode before it. `redirection` is the shell's.
 */
export function atTerminal(
  words: readonly string[],
  options: {
    readonly cwd?: string;
    readonly redirection?: string;
    readonly size?: readonly [columns: number, rows: number];
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Terminal {
  const [columns, rows] = options.size ?? [80, 24];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  // A shell that is to write on after Ctrl-C has a handler; what it starts has none of it.
  const command = `trap : INT; stty rows ${rows} cols ${columns}; ${TELL_MODE}; ${quoted} ${options.redirection ?? ''}; echo CODE $?; stty -a; ${TELL_MODE}; echo THE END`;
  const { CI: _, ...env } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: options.cwd,
    env: { ...env, TERM: 'xterm', NO_COLOR: '1', LANG: 'C.UTF-8', SHELL: '/bin/sh', ...options.env },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const bytes = (): Buffer => Buffer.concat(chunks);
  const text = (): string => bytes().toString();
  const shows = async (pattern: RegExp, withinMs = 60_000): Promise<void> => {
    const untilMs = performance.now() + withinMs;
    while (!pattern.test(text()) && performance.now() < untilMs) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(text()).toMatch(pattern);
  };
  return {
    child,
    type: (keys) => child.stdin.write(keys),
    text,
    bytes,
    shows,
    async ends(code) {
      await shows(/THE END/);
      expect(text()).toMatch(new RegExp(`CODE ${code}\\b`));
    },
    modes: () => [...text().matchAll(/MODE ([0-9a-f:]+)\r/g)].map(([, mode = '']) => mode),
  };
}

const TELL_MODE = 'echo MODE $(stty -g)';
