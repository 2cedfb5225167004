import type {
  ContainerDetail,
  ContainerType,
  PathStep,
  TrapResult,
  TrapSite,
} from '../../src/core/census.ts';
import type { ScriptLocation } from '../../src/core/location.ts';
import type { DiagnoseContext, GrowingContainer } from '../../src/diagnose/growing-container.ts';
import type { SourceReader } from '../../src/diagnose/source/source-reader.ts';

/** A growing container as the census would hand it over; what a test does not say is unremarkable. */
export function growing(
  type: ContainerType,
  steps: readonly PathStep[],
  more: Partial<Omit<GrowingContainer, 'detail'>> & { readonly detail?: Partial<ContainerDetail> } = {},
): GrowingContainer {
  const { detail, ...rest } = more;
  const key = steps.map((step) => ('name' in step ? step.name : step.kind)).join('.');
  return {
    detail: {
      key,
      type,
      instances: 1,
      size: 100,
      steps,
      elementType: 'Object',
      elementBytes: 1000,
      zombies: [],
      timers: [],
      ...detail,
    },
    growthPerSecond: 10,
    sizeBefore: 50,
    sizeAfter: 100,
    instances: detail?.instances ?? 1,
    trap: null,
    ...rest,
  };
}

export function context(sources: SourceReader, more: Partial<DiagnoseContext> = {}): DiagnoseContext {
  return { sources, workingDirectory: '/app', slopeBytesPerSecond: 10_000, space: 'heap', ...more };
}

export const root = (name: string): PathStep => ({ kind: 'root', name });

export const variable = (name: string, capturedBy: ScriptLocation | null, scope = 'Closure'): PathStep => ({
  kind: 'variable',
  name,
  scope,
  function: capturedBy,
});

export const property = (
  name: string,
  owner = 'Object',
  ownerLocation: ScriptLocation | null = null,
): PathStep => ({ kind: 'property', name, owner, ownerLocation, private: name.startsWith('#') });

export const element = (of: ContainerType, size: number): PathStep => ({ kind: 'element', of, size });

export const exportsOf = (file: string): PathStep => ({ kind: 'exports', file });

export const listeners = (event: string, owner = 'EventEmitter'): PathStep => ({
  kind: 'listeners',
  event,
  owner,
});

export const timer = (callback: ScriptLocation | null, repeat = true): PathStep => ({
  kind: 'timer',
  repeat,
  callback,
});

export function trap(additions: readonly TrapSite[], removals = 0): TrapResult {
  return { key: '', set: true, durationMs: 3000, additions, removals };
}

/** A frame of Node's own. */
export const internal = (url: string, name: string): ScriptLocation => ({
  url,
  line: 1,
  column: 1,
  function: name,
});
