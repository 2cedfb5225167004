import { spawn } from 'node:child_process';

/** A small helper at the terminal, for what Node can't do itself and for what must be done when we no longer can. */
export type TerminalGuard = {
  /**
   * Whether the terminal reads whole lines and echoes them, as a shell leaves it: then no program reads key by key, as those do
   * that take the whole screen. `false` where it can't be told. `removal` is what the guard writes if we end without a word.
   */
  readsLines(removal: string): Promise<boolean>;
  /** It ends, and writes nothing. Safe to call twice. */
  close(): void;
};

/**
 * A shell that is told once a second, in a line, what would take our picture off the terminal, and answers with the terminal's
 * settings (1 ms of processor time each, measured). When its input ends although nobody said so, we were killed, and it
 * writes that. Keys that signal a job are for the program and for us; the guard outlives them.
 */
export function openTerminalGuard(terminal: number): TerminalGuard {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'ignore', terminal] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a guard without pipes');
  let isOpen = true;
  let answer: (settings: string | null) => void = () => undefined;
  let heard = '';
  const lose = (): void => {
    isOpen = false;
    answer(null);
  };
  child.on('error', lose);
  child.on('exit', lose);
  stdin.on('error', lose);
  stdout.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
    if (!END.test(heard)) return;
    answer(heard);
    heard = '';
  });
  // Nothing is kept waiting for it.
  child.unref();
  for (const stream of [stdin, stdout]) (stream as { unref?: () => void }).unref?.();
  return {
    async readsLines(removal) {
      if (!isOpen) return false;
      const settings = await new Promise<string | null>((resolve) => {
        answer = resolve;
        stdin.write(`${forPrintf(removal)}\n`);
      });
      return settings !== null && /(?:^|\s)icanon\b/.test(settings) && /(?:^|\s)echo\b/.test(settings);
    },
    close() {
      isOpen = false;
      answer(null);
      child.kill('SIGKILL');
    },
  };
}

/** Alone where there is no `stty`. */
const END = /(?:^|\n)\.\n$/;

const SCRIPT = `trap '' INT QUIT TSTP TERM HUP
removal=
while read -r line; do removal=$line; stty -a <&3; echo .; done
printf "$removal" >&3`;

/** Escapes are all that a removal has beyond printable ASCII. */
function forPrintf(removal: string): string {
  return removal.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('\u001b', '\\033');
}
