/**
 * Text in pieces, as it arrives, to lines. A line longer than `LONGEST_LINE` is cut there and its rest dropped, so that
 * memory stays bounded on a file without line ends; whoever reads the cut line can't make sense of it and counts it.
 */
export class LineSplitter {
  readonly #take: (line: string) => void;
  #rest = '';
  #skipping = false;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#add(text.slice(from, end));
      this.#give();
      from = end + 1;
    }
    this.#add(text.slice(from));
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#rest !== '') this.#give();
  }

  #add(piece: string): void {
    if (this.#skipping) return;
    this.#rest += piece;
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#rest = this.#rest.slice(0, LONGEST_LINE);
    this.#skipping = true;
  }

  #give(): void {
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = '';
    this.#skipping = false;
    this.#take(line);
  }
}

const LONGEST_LINE = 1_000_000;
