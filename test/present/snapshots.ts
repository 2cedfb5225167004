import type { SnapshotAccount } from '../../src/report/snapshot-account.ts';

/** One that was taken and redacted, in a container with room. */
export const SNAPSHOT: SnapshotAccount = {
  schema: 'leakline/snapshot@1',
  leakline: '0.1.0',
  takenAt: '2026-11-26T22:00:00.000Z',
  target: { pid: 4242, node: 'v22.23.3' },
  file: '/tmp/api.heapsnapshot',
  scriptsFile: '/tmp/api.scripts.json',
  fileBytes: 125_000_000,
  redacted: true,
  nodes: 1_570_000,
  edges: 6_200_000,
  strings: { count: 400_000, hidden: 310_000 },
  knowsNode: true,
  scriptsUnread: 0,
  predicted: {
    objects: 1_560_000,
    pauseMs: 4100,
    pauseMsMost: 6200,
    memoryBytes: 1_100_000_000,
    fileBytes: 180_000_000,
    leftBytes: 3_000_000_000,
    which: 'container',
    overruled: [],
  },
  measured: {
    countingPauseMs: 160,
    pauseMs: 3900,
    rssBeforeBytes: 210_000_000,
    rssPeakBytes: 1_050_000_000,
    rssAfterBytes: 900_000_000,
    rssLaterBytes: 890_000_000,
  },
};
