class Rates {
  #table = { number: 0, convert: () => undefined };

  convert(cents, currency) {
    return this.#table.convert(cents, currency);
  }

  /** Takes a table as text, `EUR 1.0842` a line, and returns its number. */
  replace(text) {
    const previous = this.#table;
    // ^^ leak: held by
    const rows = text.split('\n').map((line) => {
      const [currency, rate] = line.split(' ');
      return { currency, rate: Number(rate), readAt: new Date() };
    });
    const isRepeated = () =>
      previous.number > 0 && rows.every((row) => previous.convert(100, row.currency) === row.rate * 100);
    if (rows.length < 2 && isRepeated()) return previous.number;
    this.#table = {
      // ^^ leak: added at
      number: previous.number + 1,
      convert(cents, currency) {
        const row = rows.find((one) => one.currency === currency);
        return row && Math.round(cents * row.rate);
      },
    };
    return this.#table.number;
  }
}

export const rates = new Rates();
