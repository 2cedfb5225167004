import { pathToFileURL } from 'node:url';
import type { FunctionExcerpt, ScriptAnswer, ScriptQuestion } from '../core/function-excerpt.ts';
import { ClosestText } from './closest-text.ts';
import { readNodeSources } from './node-sources.ts';
import { ProgramTexts } from './program-texts.ts';
import { ScriptText } from './script-text.ts';

/**
 * Finds the URL of a script by the text of its functions, outside the program that has loaded it: in the texts of its Node and in
 * the files that it may have loaded.
 *
 * All functions that were asked for of a script must be where its file has them. Where several files have them, the order of loading
 * decides: V8 numbers scripts in the order in which Node has loaded them. Of what was rewritten on its way into the program the file is
 * found that has the same words.
 */
export class ScriptFinder {
  readonly #files: ProgramTexts;
  readonly #closest = new ClosestText();
  readonly #nodeTexts: Promise<readonly ScriptText[]>;
  readonly #excerptsById = new Map<string, FunctionExcerpt[]>();
  #orderByUrl: ReadonlyMap<string, number> = new Map();
  #startedMs = 0;
  #hasMetFiles = false;
  readonly #urlById = new Map<string, string | null>();

  /** `executable`: a Node of the program's version. */
  constructor(program: {
    readonly main: string | null;
    readonly cwd: string;
    readonly executable: string | null;
  }) {
    this.#files = new ProgramTexts(program.main, program.cwd, () => this.#startedMs);
    this.#nodeTexts = nodeTexts(program.executable);
  }

  async answer({ excerpts, loaded, rewritten, startedMs }: ScriptQuestion): Promise<ScriptAnswer[]> {
    this.#startedMs = startedMs;
    if (loaded !== undefined) {
      this.#orderByUrl = new Map(loaded.map((path, order) => [pathToFileURL(path).href, order]));
      await this.#files.readLoaded(loaded);
    }
    const answers: ScriptAnswer[] = [];
    for (const excerpt of excerpts) {
      answers.push(await (rewritten ? this.#findRewritten(excerpt) : this.#find(excerpt)));
    }
    return answers;
  }

  async #find(excerpt: FunctionExcerpt): Promise<ScriptAnswer> {
    const { scriptId } = excerpt;
    const excerpts = [...(this.#excerptsById.get(scriptId) ?? []), excerpt];
    this.#excerptsById.set(scriptId, excerpts);
    const urls = await this.#urlsWith(excerpts);
    const url = this.#choose(scriptId, urls);
    this.#hasMetFiles ||= url?.startsWith('file:') === true;
    // Of a program that was built into one file none of its scripts is where it seems to be.
    if (url === null)
      return {
        url,
        unsure: !this.#files.isWhole || !this.#hasMetFiles || (await this.#nodeTexts).length === 0,
      };
    const length = new Set(excerpts.map(({ head }) => head)).size === 1 ? excerpt.head.length : LONG_ENOUGH;
    return { url, unsure: urls.length > 1 || length < LONG_ENOUGH };
  }

  /** Of a script that was asked for as it is and not found, so that all files are read. */
  async #findRewritten({ scriptId }: FunctionExcerpt): Promise<ScriptAnswer> {
    const code = (this.#excerptsById.get(scriptId) ?? [])
      .map(({ head, tail }) => `${head} ${tail}`)
      .join(' ');
    const urls = await this.#closest.find(code, this.#files.texts);
    return { url: this.#choose(scriptId, urls), unsure: urls.length !== 1 };
  }

  /** The first of those that the order of loading speaks against least. */
  #choose(scriptId: string, urls: readonly string[]): string | null {
    const objections = new Map(urls.map((one) => [one, this.#objections(scriptId, one)]));
    const [url = null] = urls.toSorted((a, b) => (objections.get(a) ?? 0) - (objections.get(b) ?? 0));
    this.#urlById.set(scriptId, url);
    return url;
  }

  /** How many of the scripts that are known this URL would contradict. Of what is no CommonJS module no order is known. */
  #objections(scriptId: string, url: string): number {
    const order = this.#orderByUrl.get(url);
    let count = order === undefined ? 1 : 0;
    for (const [id, known] of this.#urlById) {
      if (id === scriptId || known === null) continue;
      if (known === url) return Infinity;
      const knownOrder = this.#orderByUrl.get(known);
      if (order === undefined || knownOrder === undefined) continue;
      if (Number(id) < Number(scriptId) !== knownOrder < order) count += 1;
    }
    return count;
  }

  async #urlsWith(excerpts: readonly FunctionExcerpt[]): Promise<string[]> {
    const hasAll = (text: ScriptText): boolean => excerpts.every((one) => text.has(one));
    const ofNode = (await this.#nodeTexts).filter(hasAll);
    let looked = 0;
    do {
      const { texts } = this.#files;
      const found = [...texts.slice(looked).filter(hasAll), ...ofNode];
      if (found.length > 0) return found.map(({ url }) => url).sort();
      looked = texts.length;
    } while (await this.#files.readMore());
    return [];
  }
}

async function nodeTexts(executable: string | null): Promise<ScriptText[]> {
  const sources = executable === null ? null : await readNodeSources(executable);
  return Object.entries(sources ?? {}).flatMap(([name, code]) =>
    typeof code === 'string' ? [new ScriptText(`node:${name}`, code)] : [],
  );
}

/** A text of so many characters is not in two files at the same place by chance. */
const LONG_ENOUGH = 80;
