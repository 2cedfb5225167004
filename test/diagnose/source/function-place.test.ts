import * as inspector from 'node:inspector';
import { runInThisContext } from 'node:vm';
import { transformSync } from 'rolldown/utils';
import { expect, test } from 'vitest';
import { ScopeReader } from '../../../src/census/scopes.ts';
import type { ScriptLocation } from '../../../src/core/location.ts';
import { declaredMemberAt, declaredVariable } from '../../../src/diagnose/source/declarations.ts';
import { nameAround } from '../../../src/diagnose/source/function-name.ts';
import { functionPathAt, placeOfFrame } from '../../../src/diagnose/source/function-place.ts';
import { positionAt, type Script, Scripts } from '../../../src/diagnose/source/script.ts';
import { InProcessInspector } from '../../../src/wire/inspector-in-process.ts';

// The text that V8 runs is on no disk, so it is thrown away here but for what V8 tells of it: the places of functions and frames.
const url = '/app/journal.ts';
const written = `interface Row { readonly id: string; at?: number }

type Key = \`\${string}:\${number}\`;

class Journal<Of extends Row> {
  private readonly visits: Map<string, Of> = new Map<string, Of>();

  constructor(readonly name: string) {
    mark('Journal');
  }

  record(row: Of): void {
    mark('record');
    this.visits.set(row.id, row);
  }

  size(): number {
    return mark('size') + this.visits.size;
  }
}

abstract class Base {
  abstract twice(): number;
}

class Bare extends Base {
  private readonly kept: Row[] = [];
  twice(): number { return mark('twice'); }
}

const shared: Map<Key, Row> = new Map();

function plain(row?: Row): number {
  const local: Row[] = row === undefined ? [] : [row];
  return (
    mark('plain') + local.length + shared.size
  );
}

const arrow = (row?: Row): number =>
  mark('arrow') + (row as Row | undefined ? 1 : 0) + shared.size;

const options = { onEnd<T>(this: unknown, value?: T): number { return mark('onEnd'); } };

({ Journal, Bare, plain, arrow, onEnd: options.onEnd, record: Journal.prototype.record, size: Journal.prototype.size });
`;

const { code, map } = transformSync('/app/journal.ts', written, { sourcemap: true });
const frames = new Map<string, ScriptLocation>();
const functions = run();

test('the text that runs has its lines elsewhere', () => {
  expect(code.split('\n').findIndex((line) => line.includes('mark("plain")'))).not.toBe(
    written.split('\n').findIndex((line) => line.includes("mark('plain')")),
  );
});

test.each(['Journal', 'record', 'size', 'twice', 'plain', 'arrow', 'onEnd'])(
  'with the map a frame of %s is at the line that was written, and the function is that one',
  async (name) => {
    const script = await scriptWith(JSON.stringify(map));
    const frame = frames.get(name);
    if (frame === undefined) throw new Error(`${name} was not run`);
    const place = placeOfFrame(script, frame);
    expect(place).toEqual({ offset: written.indexOf(`mark('${name}')`), isExact: true });
    const location = functions.get(name);
    if (location !== undefined) expect(wordsOf(script, functionPathAt(script, location))).toContain(name);
  },
);

test.each(['record', 'size', 'twice', 'plain', 'arrow', 'onEnd'])(
  'without a map %s is found by its name, and its frame is where it begins',
  async (name) => {
    const script = await scriptWith(null);
    const frame = frames.get(name);
    if (frame === undefined) throw new Error(`${name} was not run`);
    const place = placeOfFrame(script, frame);
    expect(place?.isExact).toBe(false);
    const begun = positionAt(script, place?.offset ?? 0).line;
    expect(written.split('\n')[begun]).toContain(name);
    expect(wordsOf(script, functionPathAt(script, { ...frame, line: 0, column: 0 }))).toContain(name);
  },
);

test('without a map two functions of a name are nobody', async () => {
  const twice = `${written}\nfunction record() {}`;
  const script = await new Scripts({ read: async () => source(null, twice) }).find(url);
  if (script === null) throw new Error('there is a script');
  expect(functionPathAt(script, { url, line: 0, column: 0, function: 'record' })).toBeNull();
  expect(placeOfFrame(script, { url, line: 0, column: 0, function: 'record' })).toBeNull();
  expect(placeOfFrame(script, { url, line: 0, column: 0, function: null })).toBeNull();
});

test.each([JSON.stringify(map), null])('what is held has its line, with the map or without', async (json) => {
  const scripts = new Scripts({ read: async () => source(json) });
  const of = (name: string): ScriptLocation =>
    functions.get(name) ?? { url, line: 0, column: 0, function: name };
  const member = await declaredMemberAt(scripts, of('Journal'), 'visits');
  expect(member?.node.start).toBe(written.indexOf('visits:'));
  const inBare = await declaredMemberAt(scripts, of('Bare'), 'kept');
  expect(inBare?.node.start).toBe(written.indexOf('kept:'));
  const variable = await declaredVariable(scripts, of('plain'), 'shared', 'Closure');
  expect(variable?.node.start).toBe(written.indexOf('shared:'));
});

test('a map that leads to several files leads nowhere', async () => {
  const script = await scriptWith(JSON.stringify({ ...map, sources: ['a.ts', 'b.ts'] }));
  const frame = frames.get('plain');
  expect(frame && placeOfFrame(script, frame)?.isExact).toBe(false);
});

function source(
  json: string | null,
  text = written,
): { code: string; typed: true; map: null; rewritten: { map: string | null } } {
  return { code: text, typed: true, map: null, rewritten: { map: json } };
}

async function scriptWith(json: string | null): Promise<Script> {
  const script = await new Scripts({ read: async () => source(json) }).find(url);
  if (script?.program == null) throw new Error('it is TypeScript');
  return script;
}

function wordsOf(script: Script, path: ReturnType<typeof functionPathAt>): string | null {
  return path === null ? null : nameAround(script, path);
}

/** The places at which V8 puts the functions; on the way each notes the frame in which it was called. */
function run(): Map<string, ScriptLocation> {
  const globals = globalThis as { mark?: unknown };
  globals.mark = (name: string): number => {
    const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    Error.prepareStackTrace = (_, sites) => sites;
    const [, site] = new Error().stack as unknown as NodeJS.CallSite[];
    if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Object.defineProperty(Error, 'prepareStackTrace', before);
    const [line, column] = [site?.getLineNumber() ?? 0, site?.getColumnNumber() ?? 0];
    frames.set(name, { url, line: line - 1, column: column - 1, function: site?.getFunctionName() ?? null });
    return 1;
  };
  const made = runInThisContext(code, { filename: url }) as Record<
    string,
    new (
      name: string,
    ) => Record<string, () => number>
  > &
    Record<string, () => number>;
  const journal = new made['Journal']('a');
  for (const call of [
    () => (journal['record'] as (row: unknown) => number)({ id: 'a' }),
    () => journal['size'](),
    () => new made['Bare']('b')['twice'](),
    made['plain'],
    made['arrow'],
    made['onEnd'],
  ])
    call();
  delete globals.mark;
  const scopes = new ScopeReader(new InProcessInspector(inspector));
  scopes.beginSlice();
  const places = Object.entries(made).flatMap(([name, fn]) => {
    const facts = scopes.readFunction(fn);
    return facts === null ? [] : [[name, { ...facts.location, url }] as const];
  });
  scopes.endSlice();
  scopes.close();
  return new Map(places);
}
