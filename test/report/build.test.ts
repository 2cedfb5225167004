import { expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import type { GrowthAccount } from '../../src/core/growth-account.ts';
import type { SourceLocation } from '../../src/core/location.ts';
import { emptySeries } from '../../src/core/series.ts';
import { buildIsolateReport, type IsolateParts } from '../../src/report/build.ts';

const place = (file: string, packageName: string | null): SourceLocation => ({
  file,
  line: 3,
  column: 1,
  function: null,
  package: packageName,
});
const inPackage = place('node_modules/memo/index.js', 'memo');
const call = place('src/orders.js', null);

const finding: Finding = {
  fingerprint: 'f3a9',
  kind: 'unbounded-collection',
  confidence: 0.9,
  retained: { type: 'Object', count: 9, growthPerSecond: 1, bytesPerSecond: 31.4, state: null },
  heldBy: { name: 'kept', type: 'Map', size: 9, path: ['kept'], location: inPackage },
  grows: null,
  addedAt: { location: inPackage, stack: [inPackage, call], words: null },
  allocatedAt: null,
  shouldBeReleased: null,
  zombies: null,
  knownLeak: null,
  explanation: '',
};

function parts(changes: Partial<IsolateParts> = {}): IsolateParts {
  return {
    durationMs: 1,
    target: {
      pid: 1,
      node: null,
      command: null,
      isolate: 'main',
      name: null,
      limits: { heapBytes: null, containerBytes: null, rlimitBytes: null, effectiveBytes: null, which: null },
      exit: null,
    },
    level: 0.99,
    falseAlarmProbability: 0.01,
    verdict: null,
    perOperation: [],
    outlook: null,
    findings: [],
    namedAtMs: null,
    steadyContainers: [],
    series: emptySeries,
    cost: null,
    ...changes,
  };
}

test('what a finding was not told of is null or empty, never left out', () => {
  const [told] = buildIsolateReport(parts({ findings: [finding] })).findings;
  expect(told).toMatchObject({
    trap: null,
    usedAt: null,
    excerpts: [],
    retained: { bytesAtLeast: false },
    allocatedAt: null,
  });
});

test("the program's call into a package stands beside the site in it", () => {
  const [told] = buildIsolateReport(parts({ findings: [finding] })).findings;
  expect(told?.addedAt?.calledFrom).toEqual(call);
  const own = { ...finding, addedAt: { location: call, stack: [call], words: null } };
  expect(buildIsolateReport(parts({ findings: [own] })).findings[0]?.addedAt?.calledFrom).toBeNull();
});

test('the account has whole bytes and milliseconds, and what was held back as findings are', () => {
  const growth: GrowthAccount = {
    told: [],
    heldBack: [finding],
    explainedBytesPerSecond: 31.4,
    unexplainedBytesPerSecond: 92_968.6,
    sufficient: false,
  };
  const snapshot = { heapBytes: 0.4, pauseMs: [1.4, 2.6], memoryBytes: [3.5, 4.4] } as const;
  expect(buildIsolateReport(parts({ account: { growth, census: null, snapshot } })).account).toMatchObject({
    explainedBytesPerSecond: 31,
    unexplainedBytesPerSecond: 92_969,
    sufficient: false,
    heldBack: [{ fingerprint: 'f3a9', excerpts: [], addedAt: { calledFrom: call } }],
    census: null,
    snapshot: { heapBytes: 0, pauseMs: [1, 3], memoryBytes: [4, 4] },
  });
  expect(buildIsolateReport(parts()).account).toBeNull();
});
