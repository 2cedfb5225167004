import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A small helper at the terminal, for what Node can't do itself and for what must be done when we no longer can. */
export type TerminalGuard = {
  readonly pid: number | undefined;
  /** How the terminal reads now; `null` where it can't be told. */
  look(): Promise<TerminalMode | null>;
  /** Where whole lines are read, has the terminal hand over key by key without echo, and signal and print as before. Whether it does. */
  takeKeys(): Promise<boolean>;
  /**
   * Puts back what `takeKeys` found, or all of it but the echo where somebody may be asking for a password. A mode that is not of our
   * making stays.
   */
  giveKeys(options: { readonly echo: boolean }): Promise<void>;
  /** It puts back what was taken and ends. Nothing of ours is left to remove. Safe to call twice. */
  close(): Promise<void>;
};

export type TerminalMode = {
  /** Whole lines, and echoed, as a shell leaves it: then no program reads key by key, as those do that take the whole screen. */
  readonly readsLines: boolean;
  /** The one for our keys, whoever has set it: a program that found it may put it back later. */
  readonly isForKeys: boolean;
  /** The one that was put back without echo. */
  readonly isSecret: boolean;
};

/**
 * A shell that is told in a line what is to be done and what would take our picture off the terminal, and answers with the
 * terminal's settings (1 ms of processor time each, measured). When its input ends although nobody said so, we were killed, and it
 * puts back what was taken and writes that. Keys that signal a job are for the program and for us; the guard outlives them.
 */
export function openTerminalGuard(terminal: number, removal: () => string): TerminalGuard {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'ignore', terminal] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a guard without pipes');
  let isOpen = true;
  const waiting: ((settings: string | null) => void)[] = [];
  let heard = '';
  let hasTaken = false;
  let forKeys: string | null = null;
  let secret: string | null = null;
  const lose = (): void => {
    isOpen = false;
    for (const answer of waiting.splice(0)) answer(null);
  };
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
  void ended.then(lose);
  stdin.on('error', lose);
  stdout.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
    for (let end = END.exec(heard); end !== null; end = END.exec(heard)) {
      const answer = heard.slice(0, end.index);
      heard = heard.slice(end.index + end[0].length);
      waiting.shift()?.(answer);
    }
  });
  // Nothing is kept waiting for it.
  child.unref();
  for (const stream of [stdin, stdout]) (stream as { unref?: () => void }).unref?.();

  const ask = async (order: Order): Promise<string | null> => {
    if (!isOpen) return null;
    const settings = await new Promise<string | null>((resolve) => {
      waiting.push(resolve);
      stdin.write(`${order} ${forPrintf(removal())}\n`);
    });
    return settings === null ? null : withoutSize(settings);
  };
  return {
    pid: child.pid,
    async look() {
      const settings = await ask('look');
      if (settings === null) return null;
      return {
        readsLines: readsLines(settings),
        isForKeys: settings === forKeys,
        isSecret: settings === secret,
      };
    },
    async takeKeys() {
      const found = await ask('mark');
      if (found === null || !readsLines(found)) return false;
      hasTaken = true;
      const settings = await ask('take');
      const isTaken = settings === settingsForKeys(found);
      forKeys = isTaken ? settings : null;
      // Somebody else was quicker, and it is theirs.
      if (!isTaken) await ask('forget');
      return isTaken;
    },
    async giveKeys({ echo }) {
      const settings = await soon(ask(echo ? 'give' : 'hide'), null);
      if (!echo && settings !== null && has(settings, 'icanon') && !has(settings, 'echo')) secret = settings;
    },
    async close() {
      if (!hasTaken) {
        lose();
        child.kill('SIGKILL');
        return;
      }
      if (isOpen) stdin.end(`end\n`);
      isOpen = false;
      await soon(ended, undefined);
    },
  };
}

/**
 * What is awaited before we go on, although the guard keeps nobody waiting: a shell that has been stopped (by SIGSTOP, say) gives no
 * answer.
 */
async function soon<Answer>(answer: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  const timeout = new AbortController();
  const late = sleep(ANSWERS_WITHIN_MS, otherwise, { signal: timeout.signal }).catch(() => otherwise);
  const first = await Promise.race([answer, late]);
  timeout.abort();
  return first;
}

const ANSWERS_WITHIN_MS = 1000;

type Order = 'look' | 'mark' | 'take' | 'give' | 'hide' | 'forget';

/** Alone where there is no `stty`. */
const END = /(?:^|(?<=\n))\.\n/;

// -drain (coreutils) has it not wait for output that the terminal does not take in. In the mode for keys ECHONL does nothing; it
// makes that mode unlike the one of a program that reads keys itself, or a password: those switch it off.
const SCRIPT = `trap '' INT QUIT TSTP TTOU TTIN TERM HUP PIPE
removal= next= found= taken= secret=
be() { stty -drain "$@" <&3 || stty "$@" <&3; }
is_ours() {
  [ "$found" ] || return 1
  now=$(stty -g <&3)
  [ "$now" = "$taken" ] || [ "$now" = "$secret" ]
}
give() { if is_ours; then be "$found"; fi; }
while read -r order told; do
  removal=$told
  case $order in
    mark) next=$(stty -g <&3) ;;
    take)
      if [ "$(stty -g <&3)" = "$next" ]; then
        found=$next secret=
        be -icanon -echo echonl min 1 time 0
        taken=$(stty -g <&3)
      fi ;;
    give) give ;;
    hide) if is_ours; then be icanon -echonl; secret=$(stty -g <&3); fi ;;
    forget) found= ;;
    end) give; exit ;;
  esac
  stty -a <&3
  echo .
done
if [ "$found" ]; then give & fi
printf "$removal" >&3
wait`;

/** Escapes are all that a removal has beyond printable ASCII. */
function forPrintf(removal: string): string {
  return removal.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('\u001b', '\\033');
}

/** As `stty -a` tells them, whose lines are as long as the terminal is wide. */
export function withoutSize(settings: string): string {
  return settings
    .replace(/rows \d+; columns \d+;/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What they are once the keys are taken. */
export function settingsForKeys(settings: string): string {
  return settings
    .replace(/ icanon(?= |$)/, ' -icanon')
    .replace(/ echo(?= |$)/, ' -echo')
    .replace(/ -echonl(?= |$)/, ' echonl')
    .replace(/ min = \d+;/, ' min = 1;')
    .replace(/ time = \d+;/, ' time = 0;');
}

function readsLines(settings: string): boolean {
  return has(settings, 'icanon') && has(settings, 'echo');
}

function has(settings: string, flag: string): boolean {
  return settings.split(' ').includes(flag);
}
