import type { Comparison, Report } from '../report/schema.ts';

/** 0 no leak, or done · 1 leak found · 2 usage, cannot attach, internal error · 3 inconclusive · 130/143 interrupted. */
export const EXIT = { done: 0, leak: 1, failed: 2, inconclusive: 3 } as const;

/** Of two processes side by side that of the worse. */
export function exitCodeOf(document: Report | Comparison): number {
  if (document.schema === 'leakline/comparison@1') {
    return exitCodeOfAll(document.sides.map(({ report }) => report));
  }
  switch (document.verdict.kind) {
    case 'leaking':
      return EXIT.leak;
    case 'steady':
      return EXIT.done;
    case 'inconclusive':
      return EXIT.inconclusive;
  }
}

/** Of several answers the worst: a leak, else one that is open. */
export function exitCodeOfAll(reports: readonly Report[]): number {
  const codes = reports.map(exitCodeOf);
  return [EXIT.leak, EXIT.inconclusive].find((code) => codes.includes(code)) ?? EXIT.done;
}

/** The lab is done when it has shown what it is there to show: the leaking side leaking with a line, the fixed side not. */
export function labExitCodeOf({ sides: [fixed, leaking] }: Comparison): number {
  if (fixed === undefined || leaking === undefined) return EXIT.inconclusive;
  const shown = leaking.report.verdict.kind === 'leaking' && leaking.report.findings.length > 0;
  const wrong = fixed.report.verdict.kind === 'leaking';
  if (wrong) return EXIT.leak;
  return shown ? EXIT.done : EXIT.inconclusive;
}

export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? 143 : signal === 'SIGHUP' ? 129 : 130;
}
