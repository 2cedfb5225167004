type Visit = { readonly url: string; readonly at: number };

const Kind = { Page: 'page', Asset: 'asset' } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

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
