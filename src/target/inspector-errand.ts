import type { InspectorSocket } from '../wire/inspector-socket.ts';
import { type Attempt, begin } from './attempt.ts';
import { type InspectorAddress } from './inspector-address.ts';
import { installAgent } from './install-agent.ts';
import { abandonClaim, claimInspector } from './left-behind.ts';
import { openInspector } from './open-inspector.ts';
import { readProcess } from './process-info.ts';
import { shutWhatWeOpened } from './shut-inspector.ts';

/** What an inspector is needed for: to get the agent into one process. */
export type Errand = {
  readonly pid: number;
  /** `null`: it is to be opened, by a signal. */
  readonly address: InspectorAddress | null;
  /** It is ours to shut: we open it, or a leakline that was killed has. */
  readonly isOurs: boolean;
  readonly agentSource: string;
  readonly socketPath: string;
  readonly token: string;
  /** The private directory; a note in it says which inspector we opened. */
  readonly directory: string;
};

/**
 * Runs the errand, and undoes it if it is given up on. The promise of `run` is the port of the inspector.
 *
 * Done by a process of its own (`helper-process.ts`), because whoever does it must not be killed under it.
 */
export class InspectorErrand {
  readonly #errand: Errand;
  #port: number | null;
  #asked: boolean;
  /** The agent was sent: if it is in, it shuts the inspector. */
  #sent = false;

  constructor(errand: Errand) {
    this.#errand = errand;
    this.#port = errand.address?.port ?? null;
    this.#asked = errand.isOurs && errand.address !== null;
  }

  /** `session` is one that is open with the inspector already; it is closed. */
  async run(attempt: Attempt, session: InspectorSocket | null): Promise<number> {
    const { pid, address, isOurs, agentSource, socketPath, token, directory } = this.#errand;
    begin(attempt, 'check');
    if (this.#asked) claimInspector(directory, pid);
    this.#port ??= await openInspector(readProcess(pid), attempt, () => {
      claimInspector(directory, pid);
      this.#asked = true;
    });
    const at = address ?? { host: '127.0.0.1', port: this.#port, path: null };
    const noting: Attempt = {
      signal: attempt.signal,
      onStep: (step) => {
        if (step === 'install') this.#sent = true;
        attempt.onStep(step);
      },
    };
    await installAgent(pid, at, agentSource, { socketPath, token, closeInspector: isOurs }, noting, session);
    return this.#port;
  }

  /**
   * Shuts what it opened. Returns false if that could not be seen to, after `error`: then the note stays, for the next
   * leakline. Never fails.
   */
  async undo(error: unknown): Promise<boolean> {
    if (!this.#asked) return true;
    const { pid, agentSource, directory } = this.#errand;
    if (await shutWhatWeOpened(pid, agentSource, error, this.#port, this.#sent)) return true;
    abandonClaim(directory);
    return false;
  }
}
