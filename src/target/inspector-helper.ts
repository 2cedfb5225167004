import { type ChildProcess, fork } from 'node:child_process';
import { LeaklineError } from '../core/errors.ts';
import type { Attempt, AttachStep } from './attempt.ts';
import type { InspectorAddress } from './inspector-address.ts';
import type { Errand } from './inspector-errand.ts';

/** What leakline tells its helper process. */
export type HelperOrder =
  | { readonly kind: 'errand'; readonly errand: Errand }
  | { readonly kind: 'identify'; readonly address: InspectorAddress }
  | { readonly kind: 'abort' }
  | { readonly kind: 'undo' };

/** What the helper process answers. */
export type HelperAnswer =
  | { readonly kind: 'step'; readonly step: AttachStep }
  | { readonly kind: 'result'; readonly value: number }
  | {
      readonly kind: 'error';
      readonly code: string | null;
      readonly facts: unknown;
      readonly message: string;
    }
  | { readonly kind: 'undone'; readonly isShut: boolean };

/**
 * A short-lived process that talks to inspectors for us, in a session of its own.
 *
 * Node 20 and 22 end with a segmentation fault when an inspector client goes away between an evaluation and its answer
 * (docs/decisions/0007-answer-before-leaving.md), and no process stands still for a client that stands still. leakline
 * can be killed or stopped at any time, by Ctrl-C and Ctrl-Z among others; nobody knows of the helper. When leakline is
 * gone the helper ends its errand in good order, shuts what it opened and removes what is left of it.
 */
export class InspectorHelper {
  readonly #child: ChildProcess;
  #onAnswer: (answer: HelperAnswer) => void = () => undefined;
  #onGone: () => void = () => undefined;
  #gone = false;

  /** `path` is the built file of `helper-process.ts`; `errandTo` is what a person sees it is about, in a process list. */
  constructor(path: string, errandTo: string) {
    this.#child = fork(path, [errandTo], {
      detached: true,
      stdio: 'ignore',
      execArgv: [],
      // What is meant for leakline, or for the program, is not meant for it.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child.on('message', (answer) => this.#onAnswer(answer as HelperAnswer));
    // It ended, or could not be started: then there is no exit.
    const gone = (): void => {
      this.#gone = true;
      this.#onGone();
    };
    this.#child.once('exit', gone);
    this.#child.on('error', gone);
  }

  /** The port of the inspector, when the agent is in. Rejects with what the errand threw, or the signal's reason. */
  run(errand: Errand, { signal, onStep }: Attempt): Promise<number> {
    const abort = (): void => this.#send({ kind: 'abort' });
    signal?.addEventListener('abort', abort);
    const running = this.#ask({ kind: 'errand', errand }, errand.pid, onStep);
    if (signal?.aborted === true) abort();
    return running
      .catch((error: unknown) => {
        throw signal?.aborted === true ? signal.reason : error;
      })
      .finally(() => signal?.removeEventListener('abort', abort));
  }

  /** The pid of the process behind an inspector that is open. Throws INSPECTOR_UNREACHABLE. */
  identify(address: InspectorAddress): Promise<number> {
    return this.#ask({ kind: 'identify', address }, null, () => undefined);
  }

  /** Shuts what the errand opened. False if that could not be seen to; the helper has then left a note. */
  async undo(): Promise<boolean> {
    if (this.#gone) return false;
    return new Promise((resolve) => {
      this.#onGone = () => resolve(false);
      this.#onAnswer = (answer) => {
        if (answer.kind === 'undone') resolve(answer.isShut);
      };
      this.#send({ kind: 'undo' });
    });
  }

  /** All went well: it may go. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #ask(order: HelperOrder, pid: number | null, onStep: (step: AttachStep) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#onGone = () => reject(helperGone(pid));
      this.#onAnswer = (answer) => {
        if (answer.kind === 'step') onStep(answer.step);
        else if (answer.kind === 'result') resolve(answer.value);
        else if (answer.kind === 'error') reject(errorOf(answer));
      };
      if (this.#gone) this.#onGone();
      else this.#send(order);
    });
  }

  #send(order: HelperOrder): void {
    if (this.#child.connected) this.#child.send(order);
  }
}

function helperGone(pid: number | null): LeaklineError {
  return new LeaklineError('INSPECTOR_FAILED', {
    pid: pid ?? 0,
    message: "leakline's helper process ended before it had an answer",
  });
}

function errorOf({ code, facts, message }: Extract<HelperAnswer, { kind: 'error' }>): Error {
  return code === null ? new Error(message) : new LeaklineError(code as never, facts as never);
}
