/** What is true of one server of a gallery, and so what leakline should say of it. */
export type Truth = {
  readonly leaks: boolean;
  /** Where the leak is; `null` for a server that does not leak. */
  readonly heldBy: TruePlace | null;
  readonly addedAt: TruePlace | null;
  /** For a leak inside a package it is enough to name the package. */
  readonly package: string | null;
};

export type TruePlace = {
  /** The variable's name, where it has one. */
  readonly name: string | null;
  readonly file: string;
  readonly line: number;
};

export const healthy: Truth = { leaks: false, heldBy: null, addedAt: null, package: null };

const MARK = /^\s*(?:\/\/|#)\s*\^\^ leak: (held by|added at)\s*$/;

/**
 * The places marked in a source: `// ^^ leak: held by` and `// ^^ leak: added at`, each below its line. Two marks may
 * follow one line.
 */
export function truthFromMarks(file: string, text: string): Truth {
  const lines = text.split('\n');
  let line = 0;
  const places = new Map<string, TruePlace>();
  for (const [index, content] of lines.entries()) {
    const kind = MARK.exec(content)?.[1];
    if (kind === undefined) {
      if (content.includes('^^ leak'))
        throw new Error(`${file}:${index + 1}: not a mark leakline's gallery knows`);
      line = index + 1;
    } else {
      if (places.has(kind)) throw new Error(`${file}:${index + 1}: a second "${kind}"`);
      places.set(kind, { name: declaredName(lines[line - 1] ?? ''), file, line });
    }
  }
  if (places.size === 0) return healthy;
  const heldBy = places.get('held by');
  const addedAt = places.get('added at');
  if (heldBy === undefined || addedAt === undefined) throw new Error(`${file}: a leak needs both marks`);
  return { leaks: true, heldBy, addedAt: { ...addedAt, name: null }, package: null };
}

/** What a `truth.json` says. `variant` decides whether this server is the one that leaks. */
export function truthFromDocument(document: TruthDocument, variant: string): Truth {
  if (variant !== 'leaky') return healthy;
  if (document.leak && typeof document.leak === 'object') {
    const { heldBy, addedAt } = document.leak;
    return {
      leaks: true,
      heldBy: { name: heldBy.name, file: heldBy.file, line: heldBy.line },
      addedAt: { name: null, file: addedAt.file, line: addedAt.line },
      package: null,
    };
  }
  return { leaks: true, heldBy: null, addedAt: null, package: document.culprit?.package ?? null };
}

export type TruthDocument = {
  readonly leak?:
    | boolean
    | null
    | {
        readonly heldBy: { readonly name: string; readonly file: string; readonly line: number };
        readonly addedAt: { readonly file: string; readonly line: number };
      };
  readonly culprit?: { readonly package: string } | null;
};

function declaredName(line: string): string | null {
  return (
    /\b(?:const|let|var|static|readonly)\s+#?([\w$]+)/.exec(line)?.[1] ??
    /([\w$]+)\s*=/.exec(line)?.[1] ??
    null
  );
}
