import { predictionSentence, renderSnapshot } from '../present/text/snapshot-text.ts';
import { LeaklineError } from '../core/errors.ts';
import { type SnapshotProgress, takeSnapshot } from '../session/take-snapshot.ts';
import { EXIT, exitCodeOfSignal } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';
import { snapshotName } from './snapshot-name.ts';
import { StepTimes } from './step-times.ts';

export type SnapshotOptions = OutputOptions & {
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
  readonly raw?: boolean | undefined;
  readonly maxPause: number;
};

/** `leakline snapshot <pid>`. Returns the exit code. */
export async function snapshotCommand(pid: number, options: SnapshotOptions): Promise<number> {
  const interrupt = listenForInterrupt();
  const output = await openOutput({ ...options, quiet: true }, '');
  const steps = new StepTimes();
  steps.begin('attaching');
  const say = (line: string): void => {
    if (options.quiet !== true) process.stderr.write(`${line}\n`);
  };
  try {
    const account = await takeSnapshot(
      pid,
      {
        file: options.out ?? snapshotName(pid, new Date()),
        maxPauseMs: options.maxPause,
        force: options.force === true,
        raw: options.raw === true,
      },
      interrupt.signal,
      (progress) => {
        if (progress.step !== 'predicted') steps.begin(progress.step);
        for (const line of progressLines(progress)) say(line);
      },
    );
    await output.list(account, renderSnapshot(account, output.text));
    if (options.verbose === true) process.stderr.write(steps.render());
    return EXIT.done;
  } catch (error) {
    const received = interrupt.received();
    if (received === null || error instanceof LeaklineError) throw error;
    return exitCodeOfSignal(received);
  } finally {
    interrupt.dispose();
  }
}

/** What there is to say while it is taken. */
export function progressLines(progress: SnapshotProgress): string[] {
  switch (progress.step) {
    case 'measuring':
      return ['measuring what a snapshot takes on this machine'];
    case 'counting':
      return ['counting the objects of the process'];
    case 'predicted':
      return [
        predictionSentence(progress.predicted),
        ...progress.predicted.overruled.map((sentence) => `forced all the same: ${sentence}`),
      ];
    case 'capturing':
      return ['taking it: the program stands still'];
    case 'writing':
      return ['the program goes on; writing the file'];
  }
}
