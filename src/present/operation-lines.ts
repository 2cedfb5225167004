import { formatBytes } from '../core/bytes.ts';
import type { Report } from '../report/schema.ts';
import { bytesInterval, percent } from './figures.ts';
import { labelled } from './flow.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';
import { operationWords } from './words.ts';

/**
 * Which traffic does it: what each operation adds, what adds nothing, and what can't be told apart; where rows are few
 * (`sureOnly`) only what is known.
 */
export function operationLines(
  report: Pick<Report, 'growth' | 'findings'>,
  layout: {
    readonly columns: number;
    readonly indent: number;
    readonly glyphs: Glyphs;
    readonly sureOnly?: boolean;
  },
): Line[] {
  const label = 'per operation  ';
  const { perOperation } = report.growth;
  const told =
    layout.sureOnly === true ? perOperation.filter(({ effect }) => effect !== 'unknown') : perOperation;
  return operationSentences(report, told, layout.glyphs).flatMap((text, index) =>
    labelled(
      { text: index === 0 ? label : '', tone: 'faint' },
      { text },
      { ...layout, labelColumns: label.length },
    ),
  );
}

type PerOperation = Report['growth']['perOperation'][number];

/** The same without a layout, of the operations that are handed over. */
export function operationSentences(
  { growth: { level }, findings }: Pick<Report, 'growth' | 'findings'>,
  perOperation: readonly PerOperation[],
  glyphs: Glyphs,
): string[] {
  const words = (operation: string): string => operationWords(operation, findings[0]?.zombies?.type ?? null);
  const some = perOperation.filter(({ effect }) => effect === 'some');
  return [
    ...some.map(
      ({ operation, bytes, interval }) =>
        `${formatBytes(bytes)} for each ${words(operation)} (${percent(level)} interval ${bytesInterval(interval, glyphs)})`,
    ),
    ...togetherSentences(perOperation, words),
    ...perOperation
      // What an open connection needs is its own; only that one adds something is news.
      .filter(({ effect, operation }) => effect === 'none' && operation !== 'connection opened')
      .map(
        ({ operation, interval }) =>
          `nothing for each ${words(operation)} (at most ${formatBytes(interval[1])})`,
      ),
    // Beside what is known to grow a bound is worth saying; alone it would only say that little was seen.
    ...perOperation
      .filter(({ effect, inseparableFrom }) => effect === 'unknown' && inseparableFrom.length === 0)
      .filter(() => some.length > 0)
      .map(({ operation, interval }) => `at most ${formatBytes(interval[1])} for each ${words(operation)}`),
  ];
}

/** One sentence for each set of operations that rose in step. */
function togetherSentences(
  perOperation: readonly PerOperation[],
  words: (operation: string) => string,
): string[] {
  const told = new Set<string>();
  return perOperation.flatMap(({ operation, inseparableFrom }) => {
    if (inseparableFrom.length === 0 || told.has(operation)) return [];
    const names = [operation, ...inseparableFrom];
    for (const name of names) told.add(name);
    const causes = perOperation
      .filter((one) => names.includes(one.operation))
      .map((one) => `${formatBytes(one.bytes)} for each ${words(one.operation)}`);
    if (names.includes('time')) causes.push('what goes on by itself, as an interval does');
    return [`${causes.join(', or ')}: under this load these rose in step and can't be told apart`];
  });
}
