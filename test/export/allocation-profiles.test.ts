import * as inspector from 'node:inspector';
import { runInThisContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { Profile } from 'pprof-format';
import { describe, expect, test } from 'vitest';
import { AllocationSampler } from '../../src/capture/allocation-sampler.ts';
import type { AllocationProfile, AllocationStack } from '../../src/core/allocations.ts';
import type { ScriptLocation } from '../../src/core/location.ts';
import { toHeapProfile } from '../../src/export/heap-profile.ts';
import { toPprof } from '../../src/export/pprof.ts';
import { toSpeedscope } from '../../src/export/speedscope.ts';
import type { InProcessInspector } from '../../src/wire/inspector-in-process.ts';

const at = (name: string | null, url = 'file:///app/server.js', line = 4, column = 2): ScriptLocation => ({
  url,
  line,
  column,
  function: name,
});
const stack = (liveBytes: number, ...outermostFirst: ScriptLocation[]): AllocationStack => ({
  liveBytes,
  byAge: [{ bytes: liveBytes, samples: 1 }],
  frames: outermostFirst.reverse(),
});
const profileOf = (stacks: AllocationStack[], elsewhereBytes = 0): AllocationProfile => ({
  durationMs: 1500,
  samplingIntervalBytes: 16_384,
  liveBytes: stacks.reduce((sum, { liveBytes }) => sum + liveBytes, elsewhereBytes),
  stacks,
});

const TWO_STACKS = profileOf(
  [
    stack(3000, at('main'), at('onConnection', 'file:///app/server.js', 9, 20)),
    stack(500, at('main'), at(null, 'file:///app/lib.js', 0, 0)),
  ],
  200,
);

describe('what the same profile is in each format', () => {
  test('.heapprofile: a tree as V8 writes it, lines from 0', () => {
    const { head, samples } = JSON.parse(toHeapProfile(TWO_STACKS)) as HeapProfile;
    expect(drawn(head)).toEqual([
      '(root) 0',
      '  main file:///app/server.js:4:2 0',
      '    onConnection file:///app/server.js:9:20 3000',
      '     file:///app/lib.js:0:0 500',
      '  (stacks not listed) :-1:-1 200',
    ]);
    expect(samples.map(({ size }) => size)).toEqual([3000, 500]);
  });

  test('pprof: bytes in use by stack, innermost first, lines from 1', () => {
    const profile = Profile.decode(toPprof(TWO_STACKS, 1_700_000_000_123));
    const text = (index: unknown): string => profile.stringTable.strings[Number(index)] ?? '?';
    expect(profile.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
      ['inuse_space', 'bytes'],
    ]);
    expect([text(profile.periodType?.type), text(profile.periodType?.unit)]).toEqual(['space', 'bytes']);
    expect(Number(profile.period)).toBe(16_384);
    expect(BigInt(profile.timeNanos)).toBe(1_700_000_000_123_000_000n);
    expect(BigInt(profile.durationNanos)).toBe(1_500_000_000n);
    expect(text(0)).toBe('');
    expect(pprofStacks(profile)).toEqual([
      ['onConnection file:///app/server.js:10:21 < main file:///app/server.js:5:3', 3000],
      ['(anonymous) file:///app/lib.js:1:1 < main file:///app/server.js:5:3', 500],
      ['(stacks not listed) :0:0', 200],
    ]);
  });

  test('speedscope: outermost first, lines from 1, one weight a stack', () => {
    const { $schema, shared, profiles } = JSON.parse(toSpeedscope(TWO_STACKS)) as Speedscope;
    expect($schema).toBe('https://www.speedscope.app/file-format-schema.json');
    expect(shared.frames).toEqual([
      { name: 'main', file: 'file:///app/server.js', line: 5, col: 3 },
      { name: 'onConnection', file: 'file:///app/server.js', line: 10, col: 21 },
      { name: '(anonymous)', file: 'file:///app/lib.js', line: 1, col: 1 },
      { name: '(stacks not listed)' },
    ]);
    expect(profiles).toEqual([
      expect.objectContaining({
        type: 'sampled',
        unit: 'bytes',
        startValue: 0,
        endValue: 3700,
        samples: [[0, 1], [0, 2], [3]],
        weights: [3000, 500, 200],
      }),
    ]);
  });
});

test('the bytes of each format are those that V8 itself counts in the profile', () => {
  const session = new inspector.Session();
  session.connect();
  const kept: unknown[] = [];
  let recorded: { head: HeapProfileNode } | null = null;
  try {
    session.post('HeapProfiler.startSampling', { samplingInterval: 4096 });
    const script =
      '(kept) => { for (let i = 0; i < 2000; i += 1) kept.push(new Array(500).fill(0.5), { i }); }';
    (runInThisContext(script, { filename: '/app/kept.js' }) as (kept: unknown[]) => void)(kept);
    session.post('HeapProfiler.stopSampling', (_error, result) => (recorded = result.profile as never));
  } finally {
    session.disconnect();
  }
  expect(kept).toHaveLength(4000);
  const v8 = recorded as unknown as { head: HeapProfileNode };
  const total = bytesBelow(v8.head);
  expect(total).toBeGreaterThan(1_000_000);
  const replay = {
    connect: () => undefined,
    disconnect: () => undefined,
    post: (method: string) => {
      if (method === 'HeapProfiler.getSamplingProfile') throw new Error('not sampled');
      return { profile: v8 };
    },
  } as unknown as InProcessInspector;
  const sampler = new AllocationSampler(
    replay,
    () => 0,
    () => false,
  );
  sampler.start(4096);
  const profile = sampler.finish();
  expect(profile.liveBytes).toBe(total);
  expect(totals(profile)).toEqual([total, total, total]);
  // The function's own, as V8 has it.
  const ofKept = (node: HeapProfileNode): number =>
    (node.callFrame.url === '/app/kept.js' ? node.selfSize : 0) +
    node.children.reduce((sum, child) => sum + ofKept(child), 0);
  const written = JSON.parse(toHeapProfile(profile)) as HeapProfile;
  expect(ofKept(written.head)).toBe(ofKept(v8.head));
});

describe('any profile', () => {
  const anyFrame = fc.record({
    url: fc.oneof(fc.constantFrom('', '/a.js', 'node:fs'), fc.string({ unit: 'binary' })),
    line: fc.integer({ min: -1, max: 5 }),
    column: fc.integer({ min: -1, max: 5 }),
    function: fc.oneof(fc.constantFrom(null, 'f', 'g'), fc.string({ unit: 'binary' }), fc.constant('\ud800')),
  });
  const anyProfile = fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.array(anyFrame, { maxLength: 6 }))),
      fc.nat(),
    )
    .map(([stacks, elsewhereBytes]) =>
      profileOf(
        stacks.map(([bytes, frames]) => stack(bytes, ...frames)),
        elsewhereBytes,
      ),
    );

  test('has the same total and the same stacks in every format', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        expect(totals(profile)).toEqual([profile.liveBytes, profile.liveBytes, profile.liveBytes]);
        const counts = [
          nonZero((JSON.parse(toHeapProfile(profile)) as HeapProfile).head),
          Profile.decode(toPprof(profile, 0)).sample.length,
          (JSON.parse(toSpeedscope(profile)) as Speedscope).profiles[0]?.samples.length,
        ];
        expect(new Set(counts).size).toBe(1);
      }),
    );
  });

  test('has nothing in it that could move a cursor or hide a letter', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const texts = [
          toHeapProfile(profile),
          toSpeedscope(profile),
          Profile.decode(toPprof(profile, 0)).stringTable.strings.join(' '),
        ];
        for (const text of texts) expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(texts.slice(0, 2).join('')).not.toMatch(/\\u(?:00[0189]|d[89a-f])/i);
      }),
    );
  });
});

test('a name tells no query, password, text of a data: URL, or what a program calls the code it evaluates', () => {
  const urls = [
    'file:///app/a.mjs?token=s3cret#s3cret',
    'https://user:s3cret@cdn.example/b.js',
    'data:text/javascript,const key = "s3cret"',
    's3cret',
  ];
  const profile = profileOf(urls.map((url, index) => stack(index + 1, at('f', url))));
  const files = [toHeapProfile(profile), Buffer.from(toPprof(profile, 0)).toString(), toSpeedscope(profile)];
  for (const file of files) expect(file).not.toContain('s3cret');
  expect(files[0]).toContain('file:///app/a.mjs');
  expect(files[0]).toContain('https://cdn.example/b.js');
  expect(files[0]).toContain('(evaluated)');
});

test('a name that does not end is cut', () => {
  const profile = profileOf([stack(1, at('f'.repeat(100_000), `/${'x'.repeat(100_000)}`))]);
  expect(toHeapProfile(profile).length).toBeLessThan(3000);
});

test('pprof reads it compressed, as it is written to a file', () => {
  const bytes = gzipSync(toPprof(TWO_STACKS, 0));
  expect(Profile.decode(gunzipSync(bytes)).sample).toHaveLength(3);
});

type HeapProfileNode = {
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  selfSize: number;
  children: HeapProfileNode[];
};
type HeapProfile = { head: HeapProfileNode; samples: { size: number }[] };
type Speedscope = {
  $schema: string;
  shared: { frames: object[] };
  profiles: { samples: number[][]; weights: number[] }[];
};

function drawn({ callFrame, selfSize, children }: HeapProfileNode, indent = ''): string[] {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  const place = functionName === '(root)' ? '' : ` ${url}:${lineNumber}:${columnNumber}`;
  return [
    `${indent}${functionName}${place} ${selfSize}`,
    ...children.flatMap((child) => drawn(child, `${indent}  `)),
  ];
}

function bytesBelow({ selfSize, children }: HeapProfileNode): number {
  return children.reduce((sum, child) => sum + bytesBelow(child), selfSize);
}

function nonZero({ selfSize, children }: HeapProfileNode): number {
  return children.reduce((sum, child) => sum + nonZero(child), selfSize > 0 ? 1 : 0);
}

/** Each stack as a reader that is not ours finds it. */
function pprofStacks(profile: Profile): [stack: string, bytes: number][] {
  const functions = new Map(profile.function.map((described) => [Number(described.id), described]));
  const locations = new Map(profile.location.map((location) => [Number(location.id), location]));
  const text = (index: unknown): string => profile.stringTable.strings[Number(index)] ?? '?';
  return profile.sample.map(({ locationId, value }) => [
    locationId
      .map((id) => {
        const line = locations.get(Number(id))?.line[0];
        const described = functions.get(Number(line?.functionId));
        const column = Number((line as { column?: number | bigint } | undefined)?.column ?? 0);
        return `${text(described?.name)} ${text(described?.filename)}:${Number(line?.line)}:${column}`;
      })
      .join(' < '),
    Number(value[0]),
  ]);
}

function totals(profile: AllocationProfile): number[] {
  const { head } = JSON.parse(toHeapProfile(profile)) as HeapProfile;
  const pprof = Profile.decode(toPprof(profile, 0)).sample;
  const [sampled] = (JSON.parse(toSpeedscope(profile)) as Speedscope).profiles;
  return [
    bytesBelow(head),
    pprof.reduce((sum, { value }) => sum + Number(value[0]), 0),
    (sampled?.weights ?? []).reduce((sum, weight) => sum + weight, 0),
  ];
}
