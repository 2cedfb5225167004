import type { FunctionExcerpt, ScriptAnswer, ScriptQuestion } from '../core/function-excerpt.ts';
import type { FunctionFacts } from './scopes.ts';

/**
 * Which scripts are the program's, and their URLs: by V8's list of them, or by the text of their functions where making that list
 * would hold the program up for too long (docs/decisions/0028-scripts-by-their-text.md).
 *
 * By text a script is asked for when a function of it is met, so the walk stops for the answer. What no file explains was made at run
 * time (`new Function`, `eval`) where the program runs its files as they are; else a file with the same words is asked for.
 */
export class KnownScripts {
  readonly #readList: () => ReadonlyMap<string, string>;
  readonly #text: ScriptsByText | null;
  /** `null` for Node's own, leakline's, and what has no URL. */
  #urlByScriptId = new Map<string, string | null>();
  #mode: 'unknown' | 'listed' | 'by text' = 'unknown';
  readonly #toAsk = new Map<string, { readonly excerpt: FunctionExcerpt; readonly isMade: boolean }>();
  /** Of a script that is not certain yet, the functions that were asked with, by their places. */
  readonly #askedOfUnsure = new Map<string, Set<string>>();
  #loaded: readonly string[] = [];
  /** Of which nothing was heard in time: they are nobody's until the next walk. */
  readonly #unanswered = new Set<string>();
  /** Whether files run as they are written; `null` as long as nobody had to know. */
  #runsAsWritten: boolean | null = null;

  /** `readList`: the URL of every script of the program that has one. Without `text` it is always read. */
  constructor(readList: () => ReadonlyMap<string, string>, text: ScriptsByText | null) {
    this.#readList = readList;
    this.#text = text;
  }

  /** Called in a slice, for each walk. Makes the list, once, where its pause fits. */
  open(): void {
    for (const scriptId of this.#unanswered) this.#urlByScriptId.delete(scriptId);
    this.#unanswered.clear();
    if (this.#mode !== 'unknown') return;
    if (this.#text === null || this.#text.listingFits()) {
      this.#list();
      return;
    }
    this.#mode = 'by text';
    this.#urlByScriptId.set(this.#text.ownScriptId(), null);
  }

  /** Whether nothing can be said of the function's script before `settle`, which then asks with this function. */
  awaits(facts: FunctionFacts): boolean {
    if (this.#mode !== 'by text') return false;
    const { scriptId } = facts.location;
    const isKnown = this.#urlByScriptId.has(scriptId);
    if (isKnown && this.#askedOfUnsure.get(scriptId)?.has(placeOf(facts.location)) !== false) return false;
    if (!this.#toAsk.has(scriptId)) {
      this.#toAsk.set(scriptId, { excerpt: facts.excerpt(), isMade: !isKnown && facts.isMade() });
    }
    return !isKnown;
  }

  /** False also for what `awaits` says is not known yet. */
  isProgram(facts: FunctionFacts): boolean {
    return !this.awaits(facts) && this.url(facts.location.scriptId) !== null;
  }

  url(scriptId: string): string | null {
    return this.#urlByScriptId.get(scriptId) ?? null;
  }

  /** Of the program and its packages; by text those that were met, and the CommonJS modules. */
  urls(): string[] {
    const met = [...this.#urlByScriptId.values()].filter((url) => url !== null);
    return [...new Set([...met, ...this.#loaded.map(urlOf)])];
  }

  /** Asks for what is awaited, between slices. True if anything is known now that was not. */
  async settle(): Promise<boolean> {
    const text = this.#text;
    if (text === null || this.#toAsk.size === 0) return false;
    const asked = [...this.#toAsk.values()];
    this.#toAsk.clear();
    const loaded = text.loaded();
    const isNews = loaded.length !== this.#loaded.length;
    this.#loaded = loaded;
    const excerpts = asked.map(({ excerpt }) => excerpt);
    const answers = await this.#ask({ excerpts, ...(isNews && { loaded }) }, text);
    const rewritten: FunctionExcerpt[] = [];
    for (const [index, { excerpt, isMade }] of asked.entries()) {
      const answer = answers?.[index];
      if (answer === undefined) continue;
      if (answer.url !== null || isMade || (await this.#isOfNoFile(answer, text))) {
        this.#learn(excerpt, answer, text);
      } else {
        rewritten.push(excerpt);
      }
    }
    if (rewritten.length === 0) return true;
    const guesses = await this.#ask({ excerpts: rewritten, rewritten: true }, text);
    for (const [index, excerpt] of rewritten.entries()) {
      const guess = guesses?.[index];
      if (guess !== undefined) this.#learn(excerpt, guess, text);
    }
    return true;
  }

  /** Without an answer in time the walk goes on without these scripts, and does not wait a second time. */
  async #ask(
    question: Parameters<ScriptsByText['ask']>[0],
    text: ScriptsByText,
  ): Promise<readonly ScriptAnswer[] | null> {
    const answers = this.#unanswered.size > 0 ? null : await text.ask(question);
    if (answers?.length === question.excerpts.length) return answers;
    for (const { scriptId } of question.excerpts) {
      if (this.#urlByScriptId.has(scriptId)) continue;
      this.#urlByScriptId.set(scriptId, null);
      this.#unanswered.add(scriptId);
    }
    return null;
  }

  /** Whether a text that no file has was made at run time: nothing may have rewritten a file on its way into the program. */
  async #isOfNoFile({ unsure }: ScriptAnswer, text: ScriptsByText): Promise<boolean> {
    if (unsure) return false;
    if (this.#runsAsWritten === null) {
      const loaders = text.book(() => text.loaders());
      const answers = loaders === null ? null : await text.ask({ excerpts: loaders });
      if (answers === null && loaders !== null) return false;
      this.#runsAsWritten = answers?.every(({ url }) => url?.startsWith('node:') === true) === true;
    }
    return this.#runsAsWritten;
  }

  #learn(excerpt: FunctionExcerpt, { url, unsure }: ScriptAnswer, text: ScriptsByText): void {
    const isProgram = url !== null && !url.startsWith('node:') && !text.isOwnUrl(url);
    const { scriptId } = excerpt;
    this.#urlByScriptId.set(scriptId, isProgram ? url : null);
    const asked = (this.#askedOfUnsure.get(scriptId) ?? new Set()).add(placeOf(excerpt));
    if (unsure && asked.size < ASKED_OF_UNSURE) this.#askedOfUnsure.set(scriptId, asked);
    else this.#askedOfUnsure.delete(scriptId);
  }

  #list(): void {
    this.#mode = 'listed';
    this.#urlByScriptId = new Map(this.#readList());
  }
}

/** What it takes to find scripts by text. */
export type ScriptsByText = {
  /** Whether the list can be read within the pause that is allowed. */
  listingFits(): boolean;
  /** Of leakline's own script. */
  ownScriptId(): string;
  isOwnUrl(url: string): boolean;
  /** The files of the CommonJS modules, in the order of their loading. */
  loaded(): readonly string[];
  /** What loads CommonJS files, which is Node's own unless somebody rewrites them; `null` where an option may rewrite files. */
  loaders(): readonly FunctionExcerpt[] | null;
  /** One answer for each excerpt, or `null` where none came in time. Never rejects. */
  ask(question: Omit<ScriptQuestion, 'startedMs'>): Promise<readonly ScriptAnswer[] | null>;
  /** Runs a piece of work that is told in the cost as the list. */
  book<Result>(work: () => Result): Result;
};

/** As V8's inspector makes one of a path. */
function urlOf(path: string): string {
  return `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}

function placeOf({ line, column }: { readonly line: number; readonly column: number }): string {
  return `${line}:${column}`;
}

const ASKED_OF_UNSURE = 3;
