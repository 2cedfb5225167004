import type { Report, ReportLocation } from '../../src/report/schema.ts';
import type { GalleryCase } from './case.ts';
import type { TruePlace, Truth } from './truth.ts';

/** What leakline said of one server, held against what is true. `null` where the question does not arise. */
export type Score = {
  readonly suite: string;
  readonly name: string;
  readonly variant: string;
  /** Why there is no answer; `null` if there is one. */
  readonly error: string | null;
  readonly verdict: string | null;
  /** `inconclusive` is never right, but of a healthy server it is no false alarm either. */
  readonly verdictRight: boolean;
  /** A healthy server was called leaking, or something was found in it. */
  readonly falseAlarm: boolean;
  readonly heldByRight: boolean | null;
  readonly addedAtRight: boolean | null;
  /** What was said, for the reader of the board: `viewers hub.js:3`. */
  readonly heldBy: string | null;
  readonly addedAt: string | null;
  /** From the start of the watch to verdict and line; to the verdict alone where there is no line. */
  readonly answerSeconds: number | null;
  readonly longestPauseMs: number | null;
};

const LINES_OFF = 2;

export function scoreReport(server: GalleryCase, report: Report): Score {
  const { truth } = server;
  const leaking = report.verdict.kind === 'leaking';
  const finding = report.findings[0];
  const decidedAt = [report.verdict.decidedAtMs, leaking ? report.namedAtMs : null].filter(
    (ms) => ms !== null,
  );
  return {
    suite: server.suite,
    name: server.name,
    variant: server.variant,
    error: null,
    verdict: report.verdict.kind,
    verdictRight: report.verdict.kind === (truth.leaks ? 'leaking' : 'steady'),
    falseAlarm: !truth.leaks && (leaking || report.findings.length > 0),
    heldByRight: truth.leaks ? isPlace(finding?.heldBy.location ?? null, truth.heldBy, truth) : null,
    addedAtRight: truth.leaks ? isPlace(finding?.addedAt?.location ?? null, truth.addedAt, truth) : null,
    heldBy: finding === undefined ? null : `${finding.heldBy.name} ${placeWords(finding.heldBy.location)}`,
    addedAt: finding === undefined ? null : placeWords(finding.addedAt?.location ?? null),
    answerSeconds: decidedAt.length === 0 ? null : Math.max(...decidedAt) / 1000,
    longestPauseMs: report.cost.longestPauseMs,
  };
}

export function scoreFailure(server: GalleryCase, error: string): Score {
  return {
    suite: server.suite,
    name: server.name,
    variant: server.variant,
    error,
    verdict: null,
    verdictRight: false,
    falseAlarm: false,
    heldByRight: server.truth.leaks ? false : null,
    addedAtRight: server.truth.leaks ? false : null,
    heldBy: null,
    addedAt: null,
    answerSeconds: null,
    longestPauseMs: null,
  };
}

function isPlace(said: ReportLocation | null, place: TruePlace | null, truth: Truth): boolean {
  if (said === null) return false;
  if (truth.package !== null) {
    return said.package === truth.package || said.file.includes(`node_modules/${truth.package}/`);
  }
  if (place === null || Math.abs(said.line - place.line) > LINES_OFF) return false;
  // The truth counts from the case's folder, the report from the working directory of the server.
  return said.file === place.file || said.file.endsWith(`/${place.file}`);
}

function placeWords(location: ReportLocation | null): string {
  return location === null ? '(nowhere)' : `${location.file}:${location.line}`;
}
