/**
 * Ctrl-C, SIGTERM and SIGHUP as an abort: the work ends in good order, the target is let go, and the answer so far is
 * printed. A second signal ends at once; the agent notices that we are gone and leaves by itself.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  let receivedAtMs = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (received !== null) {
      // npm passes a Ctrl-C on that the terminal has sent already: that is one, not two.
      if (performance.now() - receivedAtMs < SAME_SIGNAL_MS) return;
      process.exit(received === 'SIGTERM' ? 143 : 130);
    }
    received = signal;
    receivedAtMs = performance.now();
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const orphanWatch = watchForOrphaning(() => onSignal('SIGTERM'));
  return {
    signal: controller.signal,
    received: () => received,
    dispose: () => {
      clearInterval(orphanWatch);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

const SAME_SIGNAL_MS = 500;

export type Interrupt = {
  readonly signal: AbortSignal;
  received(): NodeJS.Signals | null;
  dispose(): void;
};

/**
 * npm starts us through a shell that does not pass a SIGTERM on: when npm alone is ended, only our parent changes.
 * Started by npm, we take that as the signal, so that no server of the lab outlives it.
 */
function watchForOrphaning(onOrphaned: () => void): NodeJS.Timeout | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, 1000);
  timer.unref();
  return timer;
}
