/**
 * Ctrl-C, SIGTERM and SIGHUP as an abort: the work ends in good order, the target is let go, and the answer so far is
 * printed. A second signal ends at once; the agent notices that we are gone and leaves by itself.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (received !== null) process.exit(received === 'SIGTERM' ? 143 : 130);
    received = signal;
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    received: () => received,
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

export type Interrupt = {
  readonly signal: AbortSignal;
  received(): NodeJS.Signals | null;
  dispose(): void;
};
