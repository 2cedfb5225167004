import { readFileSync } from 'node:fs';

/**
 * Ctrl-Z at a terminal, and going on after it. `onStop` gives the terminal back before we stop, and may take a moment for it.
 * `onContinue` is called when it is ours again: sent to the background, we go on without it until we are called back. Returns
 * what ends it.
 */
export function followJobControl({
  onStop,
  onContinue,
}: {
  readonly onStop: () => void | Promise<void>;
  readonly onContinue: () => void;
}): () => void {
  let isAway = false;
  const stop = async (): Promise<void> => {
    if (isAway) return;
    isAway = true;
    await onStop();
    // Its own action, which the kernel leaves out where no shell is there to have us go on.
    process.off('SIGTSTP', onSignal);
    process.kill(process.pid, 'SIGTSTP');
    setTimeout(goOn, STOPPED_WITHIN_MS);
  };
  const goOn = (): void => {
    if (isOver || !isAway || !isInForeground()) return;
    isAway = false;
    process.on('SIGTSTP', onSignal);
    onContinue();
  };
  const onSignal = (): void => void stop();
  let isOver = false;
  process.on('SIGTSTP', onSignal);
  process.on('SIGCONT', goOn);
  return () => {
    isOver = true;
    process.off('SIGTSTP', onSignal);
    process.off('SIGCONT', goOn);
  };
}

const STOPPED_WITHIN_MS = 100;

/** Whether the terminal's job is ours, as the kernel tells; where nothing tells, it is. */
export function isInForeground(): boolean {
  try {
    // Behind the command in its brackets: state, parent, process group, session, terminal, the terminal's process group
    // (proc(5)).
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}
