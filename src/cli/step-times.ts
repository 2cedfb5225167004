import { formatBytes } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';

/** What a command did one after the other, and for how long: for `--verbose`. */
export class StepTimes {
  readonly #steps: { readonly name: string; ms: number }[] = [];
  #beganMs = performance.now();

  /** Ends the step before. */
  begin(name: string): void {
    this.#endLast();
    this.#steps.push({ name, ms: 0 });
  }

  /** All steps in their order, and the most memory that leakline itself had. Ends with a newline. */
  render(): string {
    this.#endLast();
    const steps = this.#steps.map(({ name, ms }) => `${name} ${formatDuration(ms)}`);
    // In KiB, on all systems (libuv).
    const mostBytes = process.resourceUsage().maxRSS * 1024;
    return `${steps.join(', ')}; leakline itself took ${formatBytes(mostBytes)} at most\n`;
  }

  #endLast(): void {
    const nowMs = performance.now();
    const last = this.#steps.at(-1);
    if (last !== undefined) last.ms += nowMs - this.#beganMs;
    this.#beganMs = nowMs;
  }
}
