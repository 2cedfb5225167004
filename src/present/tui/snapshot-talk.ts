import type { Line } from '../line.ts';
import { wrapText } from '../text-width.ts';

/** What is said on the screen about a snapshot: asked for, under way, over. */
export type SnapshotTalk =
  | { readonly step: 'asked'; readonly pid: number }
  | { readonly step: 'running'; readonly pid: number; readonly sentences: readonly string[] }
  | {
      readonly step: 'over';
      readonly pid: number;
      readonly sentences: readonly string[];
      /** It was taken; else it was refused, or failed. */
      readonly taken: boolean;
    };

/** In the place of the findings; the latest sentences where rows are few. */
export function snapshotLines(talk: SnapshotTalk, columns: number, rows: number): Line[] {
  if (talk.step === 'asked') {
    return fitted(
      `A heap snapshot of process ${talk.pid}?`,
      [
        'The program stands still while V8 writes it: how long, and how much memory that takes, is predicted first, and where it is not safe nothing is taken. The file lands in this folder, without secrets.',
      ],
      { columns, rows },
    );
  }
  const head = `Snapshot of process ${talk.pid}${talk.step === 'running' ? '' : talk.taken ? ': taken' : ': not taken'}`;
  return fitted(head, talk.sentences, { columns, rows });
}

function fitted(
  head: string,
  sentences: readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Line[] {
  if (rows < 1) return [];
  const lines = sentences.flatMap((sentence) => wrapText(sentence, columns - 2));
  const shown = rows > 1 ? lines.slice(-(rows - 1)) : [];
  return [[{ text: head, tone: 'strong' }], ...shown.map((text): Line => [{ text: `  ${text}` }])];
}
