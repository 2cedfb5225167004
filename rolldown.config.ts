import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputOptions, Plugin, RolldownOptions } from 'rolldown';

const root = import.meta.dirname;

const uplotLicence = readFileSync(join(root, 'node_modules/uplot/LICENSE'), 'utf8').trim();

/** React's development build is four times as large and warns on the user's terminal. */
const production = { define: { 'process.env.NODE_ENV': '"production"' } };

/** Ink asks for React's developer tools only with DEV=true; they are no dependency of it, so the import must lead somewhere. */
const withoutReactDevtools: Plugin = {
  name: 'without-react-devtools',
  resolveId: (source) => (source === 'react-devtools-core' ? '\0react-devtools-core' : null),
  load: (id) =>
    id === '\0react-devtools-core' ? 'export default { initialize() {}, connectToDevTools() {} };' : null,
};

/**
 * The agent's text is evaluated in a stranger's process, where an import would need a loader and a third-party
 * module could harm. It gets the `require` it may use as an argument.
 */
const onlyOwnCode: Plugin = {
  name: 'only-own-code',
  resolveId(source, importer) {
    if (importer === undefined || /^\.{0,2}\//.test(source)) return null;
    return this.error(`${importer} imports ${source}: the agent is one text without imports`);
  },
};

const config: RolldownOptions[] = [
  ...bundle(
    ['src/cli/main.ts', 'src/index.ts', 'src/testing/index.ts', 'src/target/helper-process.ts'],
    (inputs) => ({
      input: inputs,
      platform: 'node',
      transform: production,
      plugins: [withoutReactDevtools],
      output: {
        ...esm('dist'),
        // The terminal screen (ink, react) is imported when it is needed, so `--json` in a pipeline starts fast. The
        // chunks lie beside the entries, so that `import.meta.url` leads to dist/ whichever file the code ends in.
        chunkFileNames: '[name]-[hash].js',
        banner: (chunk) =>
          chunk.isEntry && chunk.name === 'cli' && !hasShebang('src/cli/main.ts')
            ? '#!/usr/bin/env node'
            : '',
      },
    }),
  ),
  ...bundle(['src/agent/main.ts'], (inputs) => ({
    input: inputs,
    platform: 'neutral',
    plugins: [onlyOwnCode],
    output: {
      dir: 'dist',
      format: 'iife',
      name: 'leaklineAgent',
      codeSplitting: false,
      entryFileNames: '[name].js',
    },
  })),
  // A library of its own without anything of Node, so that a browser's worker can load it too.
  ...bundle(['src/heap/index.ts'], (inputs) => ({
    input: inputs,
    platform: 'neutral',
    output: { ...esm('dist'), codeSplitting: false },
  })),
  // The scripts of the live page and of a page in a file, for a browser. The second stands in the page, where it is no module.
  ...(['web/main.ts', 'web/file-page.ts'] as const).flatMap((entry) =>
    bundle([entry], (inputs) => ({
      input: inputs,
      platform: 'browser',
      output: {
        ...esm('dist'),
        format: entry === 'web/main.ts' ? 'esm' : 'iife',
        codeSplitting: false,
        minify: true,
        // Beside this package lie the notices of what is in it; a page is handed on without them.
        postBanner: entry === 'web/file-page.ts' ? `/* Contains uPlot.\n${uplotLicence}\n*/` : '',
      },
    })),
  ),
  // Loaded with a program: `require` must find them as well as `import`, and each stands alone.
  ...['src/agent/preload.ts', 'src/agent/register.ts'].flatMap((entry) =>
    bundle([entry], (inputs) => ({
      input: inputs,
      platform: 'node',
      output: { dir: 'dist', format: 'cjs', codeSplitting: false, entryFileNames: '[name].cjs' },
    })),
  ),
  // Node 20 does not run TypeScript, so the scripts of bench/ are bundled too. Packages stay in node_modules.
  ...benchScripts().flatMap((script) =>
    bundle([script], (inputs) => ({
      input: inputs,
      platform: 'node',
      external: (id) => !/^[./]/.test(id),
      output: { ...esm('.build/bench'), codeSplitting: false },
    })),
  ),
];

export default config;

function esm(dir: string): OutputOptions {
  return { dir, format: 'esm', entryFileNames: '[name].js' };
}

/** A configuration for the entries that exist; the others are named, so that a missing bundle is no surprise. */
function bundle(
  entries: readonly string[],
  options: (inputs: Record<string, string>) => RolldownOptions,
): RolldownOptions[] {
  const inputs: Record<string, string> = {};
  for (const entry of entries) {
    if (existsSync(join(root, entry))) inputs[bundleName(entry)] = join(root, entry);
    else process.stderr.write(`build: skipped ${entry}, it does not exist\n`);
  }
  return Object.keys(inputs).length === 0 ? [] : [options(inputs)];
}

/** `src/cli/main.ts` is cli, `src/index.ts` index, `src/testing/index.ts` testing, `bench/gallery/run.ts` gallery, `bench/story.ts` story. */
function bundleName(entry: string): string {
  const parts = entry.replace(/\.ts$/, '').split('/');
  const last = parts.at(-1) ?? entry;
  return last === 'main' || last === 'run' || (last === 'index' && parts.at(-2) !== 'src')
    ? (parts.at(-2) ?? last)
    : last;
}

function benchScripts(): string[] {
  if (!existsSync(join(root, 'bench'))) return [];
  return readdirSync(join(root, 'bench'), { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `bench/${entry.name}/run.ts` : `bench/${entry.name}`))
    .filter((path) => path.endsWith('.ts') && existsSync(join(root, path)));
}

function hasShebang(path: string): boolean {
  return readFileSync(join(root, path), 'utf8').startsWith('#!');
}
