type Visit = { readonly url: string; readonly at: number };

enum Kind {
  Page = 'page',
  Asset = 'asset',
}

/** Keeps every visit, in a field and behind a function. */
export class Journal {
  private readonly visits: Map<string, Visit> = new Map();

  record(url: string): Kind {
    this.visits.set(`${url} ${this.visits.size}`, { url, at: Date.now() });
    return url.includes('.') ? Kind.Asset : Kind.Page;
  }

  get size(): number {
    return this.visits.size;
  }
}
