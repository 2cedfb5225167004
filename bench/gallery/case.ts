import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Truth, type TruthDocument, healthy, truthFromDocument, truthFromMarks } from './truth.ts';

/** One server to run leakline on. */
export type GalleryCase = {
  /** The folder it was found through, by its last name: `gallery`, `app`. */
  readonly suite: string;
  readonly name: string;
  readonly variant: string;
  readonly truth: Truth;
  readonly start: Start;
};

export type Start =
  /** The case's own `server.mjs` and `drive.mjs`, run where they are. */
  | { readonly kind: 'plain'; readonly folder: string }
  /** `run.sh NAME VARIANT SECONDS` of the suite, which installs beside itself and so runs in a copy. */
  | { readonly kind: 'script'; readonly suiteFolder: string };

const VARIANTS = ['leaky', 'fixed', 'ok'];

/**
 * The servers below a folder. Three layouts are known: `leaks/NAME` and `healthy/NAME` with marks in the source, a
 * suite with a `run.sh` and a `truth.json` in each case, and a folder of such suites.
 */
export function findCases(folder: string): GalleryCase[] {
  if (existsSync(join(folder, 'run.sh'))) return suiteCases(folder);
  if (existsSync(join(folder, 'leaks')) || existsSync(join(folder, 'healthy'))) return plainCases(folder);
  const suites = subfolders(folder).filter((name) => existsSync(join(folder, name, 'run.sh')));
  if (suites.length === 0) throw new Error(`${folder}: no run.sh, no leaks/ and no healthy/ in it`);
  return suites.flatMap((name) => suiteCases(join(folder, name)));
}

function plainCases(folder: string): GalleryCase[] {
  return ['leaks', 'healthy'].flatMap((kind) =>
    subfolders(join(folder, kind)).map((name) => {
      const truth = truthOfSources(join(folder, kind, name));
      if (truth.leaks !== (kind === 'leaks')) {
        throw new Error(`${kind}/${name}: ${truth.leaks ? 'has a marked leak' : 'no line is marked'}`);
      }
      return {
        suite: basename(folder),
        name,
        variant: truth.leaks ? 'leaky' : 'ok',
        truth,
        start: { kind: 'plain' as const, folder: join(folder, kind, name) },
      };
    }),
  );
}

/** The marks of a case may stand in different files; each kind may stand once. */
function truthOfSources(folder: string): Truth {
  const files = readdirSync(folder).filter(
    (name) => /\.[cm]?[jt]s$/.test(name) && !name.startsWith('drive.'),
  );
  const marked = files
    .map((name) => truthFromMarks(name, readFileSync(join(folder, name), 'utf8')))
    .filter((truth) => truth.leaks);
  if (marked.length > 1) throw new Error(`${folder}: marks in ${marked.length} files`);
  return marked[0] ?? healthy;
}

function suiteCases(folder: string): GalleryCase[] {
  return subfolders(folder)
    .filter((name) => existsSync(join(folder, name, 'truth.json')))
    .flatMap((name) => {
      const document = JSON.parse(readFileSync(join(folder, name, 'truth.json'), 'utf8')) as TruthDocument;
      return VARIANTS.filter((variant) => existsSync(join(folder, name, variant))).map((variant) => ({
        suite: basename(folder),
        name,
        variant,
        truth: truthFromDocument(document, variant),
        start: { kind: 'script' as const, suiteFolder: folder },
      }));
    });
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => entry.name)
    .sort();
}
