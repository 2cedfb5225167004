/** The few signs beyond letters that terminal presenters use, and what stands for them where only ASCII is safe. */
export type Glyphs = {
  readonly dot: string;
  /** Between the ends of an interval. */
  readonly to: string;
  /** Where text was cut. */
  readonly cut: string;
  readonly becomes: string;
  /** Between a line's number and its text. */
  readonly bar: string;
};

export function glyphsFor(unicode: boolean): Glyphs {
  return unicode ? UNICODE : ASCII;
}

const UNICODE: Glyphs = { dot: '·', to: '…', cut: '…', becomes: '→', bar: '│' };
const ASCII: Glyphs = { dot: '-', to: '..', cut: '~', becomes: '->', bar: '|' };
