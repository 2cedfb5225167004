import type {
  Comparison,
  HeapTile,
  HeapTileStep,
  HeapTree,
  IsolateReport,
  Report,
  ReportFinding,
  ReportLocation,
  Reports,
  ReportSite,
  ReportSnapshot,
  ResidentMemory,
} from './schema.ts';
import {
  check,
  list,
  nullable,
  number,
  object,
  oneOf,
  pair,
  record,
  text,
  truth,
  type Shape,
} from './shape.ts';

export type SavedReport = Report | Reports | Comparison;

/**
 * Why a value is none of leakline's reports, in words that name the fact: `findings[0].heldBy.path is missing`; `null` if it
 * is one. Fields that are not known here are allowed, because reports gain fields.
 */
export function findReportProblem(value: unknown): string | null {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  switch (schema) {
    case 'leakline/report@1':
      return check(value, report());
    case 'leakline/reports@1':
      return check(value, reports());
    case 'leakline/comparison@1':
      return check(value, comparison());
    case undefined:
      return 'it has no "schema"';
    default:
      return `its "schema" is ${JSON.stringify(schema)?.slice(0, 80)}, not leakline/report@1, reports@1 or comparison@1`;
  }
}

// The compiler holds these against schema.ts: a field that is missing here, or has another type there, is an error.

function report(): Shape<Report> {
  return object<Report>({
    schema: oneOf('leakline/report@1'),
    leakline: text,
    startedAt: nullable(text),
    isolates: list(object(isolate())),
    notes: list(text),
    snapshot: nullable(snapshot()),
    ...isolate(),
  });
}

function snapshot(): Shape<ReportSnapshot> {
  return object<ReportSnapshot>({
    taken: nullable(
      object<NonNullable<ReportSnapshot['taken']>>({
        file: text,
        scriptsFile: text,
        fileBytes: number,
        redacted: truth,
        nodes: number,
        pauseMs: number,
        countingPauseMs: nullable(number),
        memoryBytes: number,
        tree: nullable(object<HeapTree>({ retainedBytes: number, tiles: list(tile()) })),
      }),
    ),
    predicted: nullable(
      object<NonNullable<ReportSnapshot['predicted']>>({
        objects: nullable(number),
        pauseMs: number,
        pauseMsMost: number,
        memoryBytes: number,
      }),
    ),
    refusal: nullable(text),
  });
}

function tile(): Shape<HeapTile> {
  const step = object<HeapTileStep>({
    id: number,
    count: number,
    type: text,
    name: text,
    as: nullable(text),
  });
  return object<HeapTile>({
    steps: list(step),
    retainedBytes: number,
    selfBytes: number,
    // Tiles lie in tiles: the shape of those is made when there is one to look at.
    tiles: { problem: (value, path) => list(tile()).problem(value, path) },
  });
}

function reports(): Shape<Reports> {
  return object<Reports>({ schema: oneOf('leakline/reports@1'), reports: list(report()) });
}

function comparison(): Shape<Comparison> {
  const load = object<NonNullable<Comparison['sides'][number]['load']>>({
    startedAtMs: number,
    clientsOpened: number,
    clientsOpen: number,
    clientsClosed: number,
    httpSent: number,
    httpFailed: number,
    httpPerSecond: number,
  });
  return object<Comparison>({
    schema: oneOf('leakline/comparison@1'),
    sides: list(object<Comparison['sides'][number]>({ name: text, report: report(), load: nullable(load) })),
    difference: nullable(object({ bytesPerSecond: number, interval: pair(number) })),
    scenario: nullable(object({ name: text, clients: number, items: number })),
  });
}

type Fields<Value> = { readonly [Name in keyof Value]-?: Shape<Value[Name]> };

function isolate(): Fields<IsolateReport> {
  const limit = oneOf('heap', 'container', 'rlimit');
  return {
    durationMs: number,
    target: object<IsolateReport['target']>({
      pid: nullable(number),
      node: nullable(text),
      command: nullable(text),
      isolate: nullable(text),
      name: nullable(text),
      limits: object<IsolateReport['target']['limits']>({
        heapBytes: nullable(number),
        containerBytes: nullable(number),
        rlimitBytes: nullable(number),
        effectiveBytes: nullable(number),
        which: nullable(limit),
      }),
      exit: nullable(
        object<NonNullable<IsolateReport['target']['exit']>>({
          code: nullable(number),
          signal: nullable(text),
          atMs: number,
        }),
      ),
    }),
    source: nullable(
      object<NonNullable<IsolateReport['source']>>({
        file: text,
        format: oneOf('gc-trace', 'json', 'csv', 'text', 'prometheus'),
        lines: number,
        linesUsed: number,
        linesUnreadable: number,
      }),
    ),
    verdict: verdict(),
    growth: growth(),
    forecast: nullable(
      object<NonNullable<IsolateReport['forecast']>>({
        limitBytes: number,
        secondsToLimit: number,
        interval: pair(number),
        level: number,
        which: limit,
        doubled: object<NonNullable<IsolateReport['forecast']>['doubled']>({
          limitBytes: number,
          which: limit,
          secondsGained: number,
          interval: pair(number),
        }),
      }),
    ),
    findings: list(finding()),
    account: nullable(account()),
    namedAtMs: nullable(number),
    steadyContainers: list(
      object<IsolateReport['steadyContainers'][number]>({
        name: text,
        type: text,
        size: number,
        watchedMs: number,
      }),
    ),
    containers: list(
      object<IsolateReport['containers'][number]>({
        name: text,
        type: text,
        location: nullable(location()),
        instances: number,
        growthPerSecond: nullable(number),
        counts: list(object({ timeMs: number, size: number })),
      }),
    ),
    sampledGrowth: nullable(
      object<NonNullable<IsolateReport['sampledGrowth']>>({
        fromMs: number,
        untilMs: number,
        samplingIntervalBytes: number,
        liveBytes: number,
        frames: list(location()),
        stacks: list(
          object({ liveBytes: number, lastingBytes: number, bytesByAge: list(number), frames: list(number) }),
        ),
      }),
    ),
    series: series(),
    activeResources: nullable(object({ first: record(number), last: record(number) })),
    residentMemory: nullable(object({ first: residentMemory(), last: residentMemory() })),
    gc: list(
      object<IsolateReport['gc'][number]>({
        timeMs: number,
        kind: oneOf('major', 'minor', 'incremental', 'weak-callbacks'),
        durationMs: number,
        beforeBytes: number,
        afterBytes: number,
        forced: truth,
        afterGap: truth,
      }),
    ),
    cost: object<IsolateReport['cost']>({
      longestPauseMs: nullable(number),
      totalOnTargetMs: nullable(number),
      targetRssBytes: nullable(number),
      forcedGcs: number,
      snapshotTaken: truth,
      targetHeapBytes: nullable(number),
      totalMsByWork: record(number),
      longestPauseMsByWork: record(number),
    }),
  };
}

function verdict(): Shape<IsolateReport['verdict']> {
  return object<IsolateReport['verdict']>({
    kind: oneOf('leaking', 'steady', 'inconclusive'),
    space: nullable(oneOf('heap', 'external', 'native')),
    decidedAtMs: nullable(number),
    reason: text,
    watchMoreMs: nullable(number),
    filling: nullable(object({ share: number, expectedBytes: number, interval: pair(number) })),
    excludedBytesPerSecond: nullable(number),
    slower: nullable(object({ bytesPerSecond: number, needsMs: number })),
  });
}

function growth(): Shape<IsolateReport['growth']> {
  return object<IsolateReport['growth']>({
    bytesPerSecond: nullable(number),
    interval: nullable(pair(number)),
    level: number,
    falseAlarmProbability: number,
    smallestDetectableBytesPerSecond: nullable(number),
    perOperation: list(
      object<IsolateReport['growth']['perOperation'][number]>({
        operation: text,
        count: number,
        bytes: number,
        interval: pair(number),
        effect: oneOf('some', 'none', 'unknown'),
        inseparableFrom: list(text),
      }),
    ),
  });
}

function series(): Shape<IsolateReport['series']> {
  const column = list(nullable(number));
  return object<IsolateReport['series']>({
    timeMs: list(number),
    rss: column,
    heapUsed: column,
    heapTotal: column,
    external: column,
    arrayBuffers: column,
    openConnections: column,
    loopDelayMs: column,
    loopUtilization: column,
    httpRequests: column,
    connectionsOpened: column,
    connectionsClosed: column,
    spaces: object({ young: column, old: column, large: column, code: column }),
    floor: list(object({ timeMs: number, bytes: number, externalBytes: nullable(number) })),
  });
}

function residentMemory(): Shape<ResidentMemory> {
  return object<ResidentMemory>({
    timeMs: number,
    anonymousBytes: number,
    fileBytes: number,
    sharedBytes: number,
    v8Bytes: nullable(number),
    mallocMainBytes: number,
    arenas: object({ count: number, bytes: number }),
  });
}

function account(): Shape<NonNullable<IsolateReport['account']>> {
  return object<NonNullable<IsolateReport['account']>>({
    explainedBytesPerSecond: nullable(number),
    unexplainedBytesPerSecond: nullable(number),
    sufficient: nullable(truth),
    heldBack: list(finding()),
    census: nullable(
      object({
        walks: number,
        objects: number,
        functions: number,
        containers: number,
        grown: number,
        cutShort: truth,
      }),
    ),
    snapshot: nullable(object({ heapBytes: number, pauseMs: pair(number), memoryBytes: pair(number) })),
  });
}

function finding(): Shape<ReportFinding> {
  const place = location();
  return object<ReportFinding>({
    fingerprint: text,
    kind: text,
    confidence: number,
    retained: object<ReportFinding['retained']>({
      type: text,
      count: nullable(number),
      growthPerSecond: nullable(number),
      bytesPerSecond: nullable(number),
      bytesAtLeast: truth,
      state: nullable(text),
    }),
    heldBy: object<ReportFinding['heldBy']>({
      name: text,
      type: text,
      size: nullable(number),
      path: list(text),
      location: nullable(place),
    }),
    grows: nullable(
      object<NonNullable<ReportFinding['grows']>>({
        name: text,
        type: text,
        instances: number,
        perSecondInEach: number,
        location: nullable(place),
      }),
    ),
    path: list(
      object<ReportFinding['path'][number]>({
        name: text,
        state: oneOf('alive', 'closed', 'should be gone', 'unknown'),
        why: text,
      }),
    ),
    addedAt: nullable(site()),
    allocatedAt: nullable(site()),
    usedAt: nullable(place),
    endless: nullable(truth),
    trap: nullable(
      object<NonNullable<ReportFinding['trap']>>({
        set: truth,
        durationMs: number,
        additions: number,
        removals: number,
        reason: nullable(text),
      }),
    ),
    shouldBeReleased: nullable(
      object<NonNullable<ReportFinding['shouldBeReleased']>>({
        words: text,
        event: nullable(text),
        location: nullable(place),
      }),
    ),
    zombies: nullable(object({ type: text, state: text, count: number })),
    knownLeak: nullable(
      object<NonNullable<ReportFinding['knownLeak']>>({
        package: text,
        installed: nullable(text),
        leaks: text,
        fixedIn: list(text),
        description: text,
        remedy: text,
        citation: text,
      }),
    ),
    explanation: text,
    excerpts: list(
      object<ReportFinding['excerpts'][number]>({
        file: text,
        firstLine: number,
        lines: list(text),
        marked: list(number),
      }),
    ),
  });
}

function site(): Shape<ReportSite> {
  return object<ReportSite>({
    location: location(),
    stack: list(location()),
    words: nullable(text),
    calledFrom: nullable(location()),
  });
}

function location(): Shape<ReportLocation> {
  return object<ReportLocation>({
    file: text,
    line: number,
    column: number,
    function: nullable(text),
    package: nullable(text),
  });
}
