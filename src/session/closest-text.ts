import { setImmediate as turn } from 'node:timers/promises';

/**
 * Which files a function's text may have been compiled from, the likeliest first; none where its words say too little.
 *
 * Compilers drop types, move fields and add helpers, but keep most names and texts. So a file is as close as the share of the
 * function's words that it has, each weighed by how few of the files have it (inverse document frequency, Spärck Jones 1972);
 * words that no file has are the compiler's own. The first question costs a pass over all files, some 30 ms a megabyte.
 */
export class ClosestText {
  readonly #wordsByUrl = new Map<string, ReadonlySet<string>>();

  /** `files`: all there are by now; those of earlier questions are not read again. */
  async find(
    code: string,
    files: readonly { readonly url: string; readonly code: string }[],
  ): Promise<string[]> {
    await this.#index(files);
    const weights = this.#weigh(wordsOf(code));
    const all = sum(weights.values());
    if (weights.size < WORDS_MIN) return [];
    const shares = [...this.#wordsByUrl].map(([url, words]): [url: string, share: number] => {
      const shared = [...weights].filter(([word]) => words.has(word));
      return [url, shared.length < WORDS_MIN ? 0 : sum(shared.map(([, weight]) => weight)) / all];
    });
    const closest = shares.reduce((most, [, share]) => Math.max(most, share), 0);
    if (closest < SHARE_MIN) return [];
    return shares
      .filter(([, share]) => share >= closest * AS_CLOSE)
      .sort(([, a], [, b]) => b - a)
      .map(([url]) => url);
  }

  async #index(files: readonly { readonly url: string; readonly code: string }[]): Promise<void> {
    let read = 0;
    for (const { url, code } of files) {
      if (this.#wordsByUrl.has(url)) continue;
      this.#wordsByUrl.set(url, wordsOf(code));
      read += code.length;
      // Whoever asks has a process to watch meanwhile.
      if (read > AT_ONCE) {
        read = 0;
        await turn();
      }
    }
  }

  #weigh(words: ReadonlySet<string>): Map<string, number> {
    const weights = new Map<string, number>();
    for (const word of words) {
      let count = 0;
      for (const known of this.#wordsByUrl.values()) if (known.has(word)) count += 1;
      if (count > 0) weights.set(word, Math.log(1 + this.#wordsByUrl.size / count));
    }
    return weights;
  }
}

function wordsOf(code: string): ReadonlySet<string> {
  return new Set(code.match(WORD));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$]{2,}/gu;
/** Fewer are shared by chance. */
const WORDS_MIN = 3;
const SHARE_MIN = 0.7;
const AS_CLOSE = 0.9;
const AT_ONCE = 1_000_000;
