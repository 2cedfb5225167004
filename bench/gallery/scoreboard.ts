import type { Score } from './score.ts';

/** The board as a Markdown table, which a terminal can show as well, with the totals below it. */
export function scoreboard(scores: readonly Score[]): string {
  const rows = scores.map((score) => [
    `${score.suite}/${score.name}`,
    score.variant,
    score.error === null ? `${score.verdict} ${verdictMark(score)}` : 'error',
    mark(score.heldByRight, score.heldBy),
    mark(score.addedAtRight, score.addedAt),
    score.answerSeconds === null ? '–' : score.answerSeconds.toFixed(1),
    score.longestPauseMs === null ? '–' : score.longestPauseMs.toFixed(1),
  ]);
  const header = ['server', 'variant', 'verdict', 'held by', 'added at', 'answer s', 'pause ms'];
  const errors = scores.filter((score) => score.error !== null);
  return [
    ...table([header, ...rows]),
    '',
    ...totals(scores),
    ...errors.map((score) => `error: ${score.suite}/${score.name} ${score.variant}: ${score.error}`),
  ].join('\n');
}

function totals(scores: readonly Score[]): string[] {
  const leaks = scores.filter((score) => score.heldByRight !== null);
  const healthy = scores.filter((score) => score.heldByRight === null);
  const answers = scores.map((score) => score.answerSeconds).filter((seconds) => seconds !== null);
  const pauses = scores.map((score) => score.longestPauseMs).filter((ms) => ms !== null);
  const lines: string[] = [];
  if (leaks.length > 0) {
    lines.push(
      `leaks: verdict right ${part(leaks, (score) => score.verdictRight)}, held-by line right ${part(leaks, (score) => score.heldByRight === true)}, added-at line right ${part(leaks, (score) => score.addedAtRight === true)}`,
    );
  }
  if (healthy.length > 0) {
    lines.push(
      `healthy: steady ${part(healthy, (score) => score.verdictRight)}, inconclusive ${part(healthy, (score) => score.verdict === 'inconclusive')}, false alarms ${part(healthy, (score) => score.falseAlarm)}`,
    );
  }
  lines.push(
    `seconds to the answer: ${spread(answers)}; longest pause: ${pauses.length === 0 ? 'none measured' : `${Math.max(...pauses).toFixed(1)} ms`}; errors: ${scores.filter((score) => score.error !== null).length}`,
  );
  return lines;
}

function verdictMark(score: Score): string {
  if (score.verdictRight && !score.falseAlarm) return '✓';
  return score.verdict === 'inconclusive' && !score.falseAlarm ? '?' : '✗';
}

function mark(right: boolean | null, said: string | null): string {
  // Of a healthy server nothing should be said; what was said anyway is shown.
  if (right === null) return said === null ? '' : `✗ ${said}`;
  return `${right ? '✓' : '✗'} ${said ?? ''}`.trim();
}

function part(scores: readonly Score[], is: (score: Score) => boolean): string {
  return `${scores.filter(is).length} of ${scores.length}`;
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return 'no answers';
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `median ${middle.toFixed(1)}, longest ${(sorted.at(-1) ?? 0).toFixed(1)}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [lines[0] ?? '', `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)];
}
