import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import type { FunctionExcerpt } from '../../src/core/function-excerpt.ts';
import { ScriptFinder } from '../../src/session/script-finder.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'script-finder-')));
const main = join(folder, 'main.mjs');
cpSync(fileURLToPath(new URL('script-finder', import.meta.url)), folder, { recursive: true });
// What no formatter leaves as it is: every way to end a line, and a bundle.
writeFileSync(
  join(folder, 'modern.js'),
  "// first\r\nexport const first = () => 'first';\rexport const second = () => 'second';\u2028export function third() {}\r\nexport class Fourth { #a = 1; get a() { return this.#a; } }\n",
);
writeFileSync(
  join(folder, 'bundle.cjs'),
  'var g=e=>{n.push(e)},n=[],K=class{constructor(e){this.e=e}keep(e){return n.push(e),this}};module.exports={grow:g,get Keeper(){return K}};module.exports.K=K;\n//# sourceMappingURL=bundle.cjs.map\n',
);
writeFileSync(
  join(folder, 'typed.mts'),
  `type Row = { readonly id: number };
export const idOf = ({ id }: Row): number => id;
export class Rows<Of extends Row> {
  readonly #rows: Of[] = [];
  keep(row: Of, ...others: readonly Of[]): this {
    this.#rows.push(row as Of, ...others);
    return this;
  }
}
`,
);
afterAll(() => rmSync(folder, { recursive: true }));

/** What tell.cjs prints; the URLs are those of V8's debugger. */
type Told = {
  readonly functions: readonly FunctionExcerpt[];
  readonly urls: readonly (readonly [scriptId: string, url: string])[];
  readonly loaded: readonly string[];
  readonly startedMs: number;
};

describe.each(installedNodes())('on Node $version', ({ path: node, version }) => {
  const major = majorOf(version);
  const told = JSON.parse(execFileSync(node, [main], { encoding: 'utf8', maxBuffer: 100_000_000 })) as Told;
  const asked = { loaded: told.loaded, startedMs: told.startedMs };
  const urlById = new Map(told.urls);
  const functions = told.functions
    .filter(({ tail }) => !tail.endsWith('{ [native code] }'))
    // Of Node's own there are thousands.
    .filter(({ scriptId }, index) => urlById.get(scriptId)?.startsWith('node:') !== true || index % 20 === 0);
  const isNodes = (url: string): boolean => url.startsWith('node:');
  const isTwin = (url: string): boolean => url.includes('/twin-');

  test('each function alone leads to the script that V8 says, or to nothing', async () => {
    const wrong: string[] = [];
    const met = new Set<string>();
    // As if each were of a script of its own.
    const excerpts = functions.map((one, index) => ({ ...one, scriptId: String(index) }));
    const answers = await finderOf(node).answer({ ...asked, excerpts });
    for (const [index, excerpt] of functions.entries()) {
      const answer = answers[index];
      const truth = urlById.get(excerpt.scriptId) || null;
      met.add(truth ?? 'made');
      const url = answer?.url ?? null;
      // Two of Node's streams have the same function at the same place, as the twins have.
      const isLike = [isTwin, isNodes].some((is) => is(url ?? '') && is(truth ?? ''));
      if (url !== truth && !(isLike && answer?.unsure)) {
        wrong.push(`${url} for ${truth}: ${excerpt.head.slice(0, 60)}`);
      }
      if (url === null && answer?.unsure !== false) wrong.push(`unsure: ${excerpt.head.slice(0, 60)}`);
    }
    expect(wrong).toEqual([]);
    expect(
      [...met].filter((url) => !url.startsWith('node:')).map((url) => url.replace(`file://${folder}/`, '')),
    ).toEqual(
      expect.arrayContaining([
        'main.mjs',
        'kinds.cjs',
        'modern.js',
        'bundle.cjs',
        'twin-a/index.cjs',
        'made',
        ...(major >= 24 ? ['typed.mts'] : []),
      ]),
    );
  });

  test('what is in no file is unsure where a file was changed later, or none is the program’s', async () => {
    const made = functions.filter(({ scriptId }) => !urlById.get(scriptId));
    expect(made).not.toEqual([]);
    for (const finder of [
      { ask: { ...asked, startedMs: asked.startedMs - 3_600_000 }, excerpts: functions },
      { ask: asked, excerpts: made },
    ]) {
      const answers = await finderOf(node).answer({ ...finder.ask, excerpts: finder.excerpts });
      const unknown = answers.filter(({ url }) => url === null);
      expect(unknown.length).toBeGreaterThanOrEqual(made.length);
      expect(unknown.every(({ unsure }) => unsure)).toBe(true);
    }
  });

  test('two scripts of the same text are two files', async () => {
    const finder = finderOf(node);
    const answers = await finder.answer({ ...asked, excerpts: functions });
    const twins = answers.filter((_, index) => isTwin(urlById.get(functions[index]?.scriptId ?? '') ?? ''));
    expect(twins.every(({ unsure }) => unsure)).toBe(true);
    expect(new Set(twins.map(({ url }) => url))).toEqual(
      new Set(['a', 'b'].map((which) => `file://${folder}/twin-${which}/index.cjs`)),
    );
  });
});

function finderOf(executable: string): ScriptFinder {
  return new ScriptFinder({ main, cwd: '/', executable });
}
