import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { installedNodes } from '../../bench/lib/nodes.ts';
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
afterAll(() => rmSync(folder, { recursive: true }));

/** What tell.cjs prints; the URLs are those of V8's debugger. */
type Told = {
  readonly functions: readonly FunctionExcerpt[];
  readonly urls: readonly (readonly [scriptId: string, url: string])[];
  readonly loaded: readonly string[];
};

describe.each(installedNodes())('on Node $version', ({ path: node }) => {
  const told = JSON.parse(execFileSync(node, [main], { encoding: 'utf8', maxBuffer: 100_000_000 })) as Told;
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
    const answers = await finderOf(node).answer({ excerpts, loaded: told.loaded });
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
      ]),
    );
  });

  test('two scripts of the same text are two files', async () => {
    const finder = finderOf(node);
    const answers = await finder.answer({ excerpts: functions, loaded: told.loaded });
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
