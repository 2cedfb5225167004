import type { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * URL by script id, for the program's own scripts and its packages; Node's internal scripts are not in it, which is
 * how the walk tells them apart.
 *
 * Asked by `Profiler.getBestEffortCoverage`, which lists user scripts without starting anything (V8 `Coverage::
 * CollectBestEffort`). `Debugger.enable` would tell the same but hashes every source first: 127 ms where 9 MB of
 * scripts are loaded, against 5 ms (measured; docs/decisions/0002). Either goes through the whole heap in one piece (see
 * `listingMs`), so it is asked once.
 */
export function readScriptUrls(inspector: InProcessInspector): Map<string, string> {
  inspector.connect();
  // Without `Profiler.enable`: its `disable` would end the coverage that another session of the program collects.
  const { result } = inspector.post<{ result: { scriptId: string; url: string }[] }>(
    'Profiler.getBestEffortCoverage',
  );
  const urlByScriptId = new Map<string, string>();
  for (const { scriptId, url } of result) {
    if (url !== '' && !url.startsWith('node:')) urlByScriptId.set(scriptId, url);
  }
  return urlByScriptId;
}

/**
 * How long that takes at most, by the bytes of small objects: on the slowest machine that was measured 7 to 14 ms at 10 MB, 20 to 26 at 49 and
 * 55 to 65 at 200; on a faster one 80 to 105 at 616.
 */
export function listingMs(smallObjectBytes: number): number {
  return 10 + (smallObjectBytes / 1e6) * 0.3;
}
