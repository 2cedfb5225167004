import { readFileSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScriptText } from './script-text.ts';

/**
 * The files that a program may have loaded, read step by step and only as far as they are needed: the CommonJS modules that it has,
 * its main file, what those name, the ES modules of packages that they import, and the sources in the program's folder. No more
 * than FILES_MAX and BYTES_MAX of them.
 */
export class ProgramTexts {
  readonly texts: ScriptText[] = [];
  readonly #seen = new Set<string>();
  readonly #read = new Set<string>();
  readonly #typeByFolder = new Map<string, string | null>();
  /** Files named by what was read, and folders to look into: of packages first, then of the program. */
  #named: string[] = [];
  readonly #packages: string[] = [];
  readonly #folders: string[] = [];
  #begin: (() => Promise<void>) | null;
  #bytes = 0;
  readonly #startedMs: () => number;
  #isWhole = true;

  /** `main`: what Node was started with; `null` where that was no file. `startedMs`: when, by the clock. */
  constructor(main: string | null, workingDirectory: string, startedMs: () => number) {
    this.#startedMs = startedMs;
    this.#begin = async () => {
      const file = main === null ? null : await realpath(main).catch(() => null);
      if (file === null) this.#isWhole = false;
      else this.#named.push(file);
      this.#folders.push(packageFolder(file === null ? workingDirectory : dirname(file)));
    };
  }

  /**
   * Whether what was read is all that the program runs, and as it runs it: nothing was changed since it began, what it is known to have
   * loaded is there, nothing was left out, and no bundle has texts to evaluate.
   */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Reads files that are known to be loaded. */
  async readLoaded(paths: readonly string[]): Promise<void> {
    await this.#readAll(paths);
    for (const path of paths) {
      // Whoever loads files of another kind has made JavaScript of them on the way.
      const isKnown = SOURCE.test(path) ? this.#read.has(path) : /\.(?:json|node)$/.test(path);
      if (!isKnown) this.#isWhole = false;
    }
  }

  async #readAll(paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length; from += FILES_AT_ONCE) {
      await Promise.all(paths.slice(from, from + FILES_AT_ONCE).map((path) => this.#readFile(path)));
    }
  }

  /** Reads some more; false if there are none left. */
  async readMore(): Promise<boolean> {
    if (this.#begin !== null) {
      const begin = this.#begin;
      this.#begin = null;
      await begin();
    }
    const named = this.#named;
    if (named.length > 0) {
      this.#named = [];
      await this.#readAll(named);
      return true;
    }
    const ofPackage = this.#packages.shift();
    const folder = ofPackage ?? this.#folders.shift();
    if (folder === undefined) return false;
    if (this.#seen.size > FILES_MAX || this.#bytes > BYTES_MAX) {
      this.#isWhole = false;
      return false;
    }
    await this.#readFolder(folder, ofPackage === undefined ? this.#folders : this.#packages);
    return true;
  }

  /** Of packages only what is an ES module: their CommonJS is known if it is loaded. Folders within come later. */
  async #readFolder(folder: string, later: string[]): Promise<void> {
    // pnpm and workspaces have links: what Node loads has the path behind them.
    const real = await realpath(folder).catch(() => null);
    if (real === null || this.#seen.has(real)) return;
    this.#seen.add(real);
    const paths: string[] = [];
    for (const entry of await readdir(real, { withFileTypes: true }).catch(() => [])) {
      const path = join(real, entry.name);
      if (entry.isDirectory() && !/^(?:node_modules|\..*)$/.test(entry.name)) later.push(path);
      else if (entry.isFile() && (later === this.#folders || this.#isEsModule(path))) paths.push(path);
    }
    await this.#readAll(paths);
  }

  async #readFile(path: string): Promise<void> {
    if (this.#seen.has(path) || !SOURCE.test(path)) return;
    this.#seen.add(path);
    const status = await stat(path).catch(() => null);
    if (status === null || !status.isFile()) return;
    // A file that was put in the place of another has a new time of change, whatever it says of its writing.
    if (status.ctimeMs > this.#startedMs()) this.#isWhole = false;
    if (this.#bytes + status.size > BYTES_MAX) {
      this.#isWhole = false;
      return;
    }
    this.#bytes += status.size;
    const code = await readFile(path, 'utf8').catch(() => null);
    if (code === null) {
      this.#isWhole = false;
      return;
    }
    this.#read.add(path);
    if (code.includes(EVALUATED_MODULES)) this.#isWhole = false;
    this.texts.push(new ScriptText(pathToFileURL(path).href, code));
    const folder = dirname(path);
    for (const [, relative = ''] of code.matchAll(RELATIVE)) this.#named.push(resolve(folder, relative));
    for (const [, name = ''] of code.matchAll(IMPORTED)) {
      for (const above of foldersUpFrom(folder)) this.#packages.push(join(above, 'node_modules', name));
    }
  }

  #isEsModule(path: string): boolean {
    return /\.m[jt]s$/.test(path) || (/\.[jt]s$/.test(path) && this.#typeOf(dirname(path)) === 'module');
  }

  /** What the nearest package says of its modules. */
  #typeOf(folder: string): string | null {
    const known = this.#typeByFolder.get(folder);
    if (known !== undefined) return known;
    const found = packageIn(folder);
    const above = dirname(folder);
    const own = typeof found?.['type'] === 'string' ? found['type'] : null;
    const type = found !== null || above === folder ? own : this.#typeOf(above);
    this.#typeByFolder.set(folder, type);
    return type;
  }
}

/** Of the nearest package, or `folder` itself. */
function packageFolder(folder: string): string {
  return foldersUpFrom(folder).find((above) => packageIn(above) !== null) ?? folder;
}

/** The root of the file system left out. */
function foldersUpFrom(folder: string): string[] {
  return folder === parse(folder).root ? [] : [folder, ...foldersUpFrom(dirname(folder))];
}

function packageIn(folder: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The main file of a program may have no extension. */
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$|\/[^./]+$/;
/** Any text that looks like a file beside: a worker's may be in a URL. */
const RELATIVE = /['"`](\.\.?\/[^'"`\n]{1,200}\.[cm]?[jt]s)['"`]/g;
const IMPORTED = /\b(?:from|import)\s*\(?\s*['"]((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/[^'"\n]*)?['"]/g;
/** In a bundle for development webpack has its modules as texts to evaluate, each under a name of its own. */
const EVALUATED_MODULES = 'sourceURL=webpack';
const FILES_AT_ONCE = 32;
const FILES_MAX = 10_000;
const BYTES_MAX = 100_000_000;
