import type { LiveSide, LiveView } from '../../report/live.ts';
import type { IsolateReport, Report, ReportFinding } from '../../report/schema.ts';
import type { Key } from './keys.ts';
import type { SnapshotTalk } from './snapshot-talk.ts';

/** What the reader in front of the screen has asked to see. */
export type Reader = {
  readonly paused: boolean;
  /** Which isolate was chosen, by `isolateKey`; `null` for the one that tells most, whichever that is. */
  readonly isolate: string | null;
  readonly opened: { readonly key: string; readonly fromLine: number } | null;
  readonly snapshot: SnapshotTalk | null;
};

export const newReader: Reader = { paused: false, isolate: null, opened: null, snapshot: null };

/** What can be done at this moment; the help line names these keys and no others. */
export type Possible = {
  /** Processes a snapshot can be taken of. */
  readonly snapshotPids: ReadonlySet<number>;
  /** How far the opened finding can be scrolled, and how many of its lines are seen at once. */
  readonly lastFromLine: number;
  readonly pageLines: number;
};

export type Reaction = {
  readonly reader: Reader;
  /** What the screen can't do by itself. */
  readonly command?: { readonly kind: 'quit' } | { readonly kind: 'snapshot'; readonly pid: number };
};

/** What a key changes. Same reader, same view, same key: same answer. */
export function react(reader: Reader, key: Key, view: LiveView, possible: Possible): Reaction {
  const { opened, snapshot } = reader;
  switch (key) {
    case 'quit':
      return { reader, command: { kind: 'quit' } };
    case 'pause':
      return { reader: { ...reader, paused: !reader.paused } };
    case 'isolate':
      return { reader: { ...unasked(reader), isolate: nextIsolate(view, reader.isolate), opened: null } };
    case 'finding':
      return { reader: { ...unasked(reader), opened: nextFinding(viewFor(view, reader), opened) } };
    case 'back':
      if (snapshot?.step === 'asked' || snapshot?.step === 'over')
        return { reader: { ...reader, snapshot: null } };
      return { reader: { ...reader, opened: null } };
    case 'snapshot': {
      const pid = snapshotPid(view, reader, possible);
      if (pid === null || snapshot?.step === 'asked' || snapshot?.step === 'running') return { reader };
      return { reader: { ...reader, opened: null, snapshot: { step: 'asked', pid } } };
    }
    case 'yes':
      if (snapshot?.step !== 'asked') return { reader };
      return {
        reader: { ...reader, snapshot: { step: 'running', pid: snapshot.pid, sentences: [] } },
        command: { kind: 'snapshot', pid: snapshot.pid },
      };
    case 'up':
      return { reader: scrolled(reader, -1, possible) };
    case 'down':
      return { reader: scrolled(reader, 1, possible) };
    case 'page up':
      return { reader: scrolled(reader, -possible.pageLines, possible) };
    case 'page down':
      return { reader: scrolled(reader, possible.pageLines, possible) };
    case 'interrupt':
    case 'suspend':
    case 'abort':
      return { reader };
  }
}

/** What would cover the words that warn takes the question with them: nobody is to say yes to what he does not see. */
function unasked(reader: Reader): Reader {
  return reader.snapshot?.step === 'asked' ? { ...reader, snapshot: null } : reader;
}

/** Whether somebody looks at something that must not be taken away when the watch ends. */
export function isReading({ paused, opened, snapshot }: Reader): boolean {
  return paused || opened !== null || snapshot?.step === 'asked';
}

/** The view with the chosen isolate in the place of the one that tells most. */
export function viewFor(view: LiveView, { isolate }: Reader): LiveView {
  if (isolate === null) return view;
  return { ...view, sides: view.sides.map((side) => withIsolate(side, isolate)) };
}

/** All isolates that are watched, in an order that does not change with what is found. */
export function isolatesOf({ sides }: LiveView): readonly string[] {
  return sides.flatMap(({ report }) =>
    report === null ? [] : [report, ...report.isolates].map(isolateKey).toSorted(byPidAndNumber),
  );
}

export function isolateKey({ target }: Pick<IsolateReport, 'target'>): string {
  return `${target.pid ?? ''} ${target.isolate ?? ''}`;
}

export type PlacedFinding = {
  readonly key: string;
  readonly side: LiveSide;
  readonly report: Report;
  readonly finding: ReportFinding;
};

export function findingsOf({ sides }: LiveView): readonly PlacedFinding[] {
  return sides.flatMap((side) => {
    const { report } = side;
    return (report?.findings ?? []).flatMap((finding, index) =>
      // Two findings may be one bug in two places; what was opened stays open when another overtakes it.
      report === null
        ? []
        : [
            {
              key: `${isolateKey(report)} ${finding.fingerprint} ${occurrence(report, index)}`,
              side,
              report,
              finding,
            },
          ],
    );
  });
}

/** The finding that is open, or the first where the opened one has gone; `null` if none is open or known. */
export function openedFinding(view: LiveView, { opened }: Reader): PlacedFinding | null {
  if (opened === null) return null;
  const findings = findingsOf(view);
  return findings.find(({ key }) => key === opened.key) ?? findings[0] ?? null;
}

/** The process a snapshot would be taken of: the one shown, of several the one that leaks. */
export function snapshotPid(view: LiveView, reader: Reader, { snapshotPids }: Possible): number | null {
  const reports = viewFor(view, reader).sides.flatMap(({ report }) => report ?? []);
  const chosen =
    reports.find((report) => isolateKey(report) === reader.isolate) ??
    reports.find(({ verdict }) => verdict.kind === 'leaking') ??
    (reports.length === 1 ? reports[0] : undefined);
  const pid = chosen?.target.pid ?? null;
  return pid !== null && snapshotPids.has(pid) ? pid : null;
}

function withIsolate(side: LiveSide, isolate: string): LiveSide {
  const { report } = side;
  const chosen = report?.isolates.find((other) => isolateKey(other) === isolate);
  return report === null || chosen === undefined ? side : { ...side, report: { ...report, ...chosen } };
}

/** After the last of them the one that tells most again. */
function nextIsolate(view: LiveView, current: string | null): string | null {
  const isolates = isolatesOf(view);
  if (isolates.length <= view.sides.length) return null;
  return isolates[current === null ? 0 : isolates.indexOf(current) + 1] ?? null;
}

function nextFinding(view: LiveView, opened: Reader['opened']): Reader['opened'] {
  const findings = findingsOf(view);
  const at = opened === null ? -1 : findings.findIndex(({ key }) => key === opened.key);
  const next = findings[at + 1] ?? findings[0];
  return next === undefined ? null : { key: next.key, fromLine: 0 };
}

function scrolled(reader: Reader, byLines: number, { lastFromLine }: Possible): Reader {
  const { opened } = reader;
  if (opened === null) return reader;
  const fromLine = Math.max(0, Math.min(lastFromLine, opened.fromLine + byLines));
  return { ...reader, opened: { ...opened, fromLine } };
}

function occurrence({ findings }: Report, index: number): number {
  const { fingerprint } = findings[index] ?? {};
  return findings.slice(0, index).filter((other) => other.fingerprint === fingerprint).length;
}

/** `4242 main` before `4242 worker:2` before `4242 worker:10`. */
function byPidAndNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
