/**
 * What a failure inside the process means for the watch: under Node's permission model nothing may inspect itself, the
 * agent no more than the program, so memory is judged and no line can be named. `null` for any other failure.
 */
export function metricsOnlyNote(error: unknown): string | null {
  // ERR_ACCESS_DENIED; the private line carries an error's words and not its code.
  const denied = error instanceof Error && error.message.includes('Access to this API has been restricted');
  return denied ? METRICS_ONLY : null;
}

const METRICS_ONLY =
  "Metrics only: Node's permission model (--permission) keeps leakline from looking at objects and worker threads, so no line can be named. On Node 24 and newer --allow-inspector lets it.";
