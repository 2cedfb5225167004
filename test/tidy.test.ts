import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../src/core/errors.ts';
import {
  entries,
  forbiddenImports,
  impure,
  outsideCodeInAgent,
  printing,
  tableLies,
  unreachable,
} from './support/house-rules.ts';
import { parseRoomTable } from './support/room-table.ts';
import { parseSource, readSources, type SourceFile } from './support/source-file.ts';

const root = join(import.meta.dirname, '..');
const files = readSources(join(root, 'src'));
const table = parseRoomTable(read('ARCHITECTURE.md'));

describe('the source keeps to ARCHITECTURE.md', () => {
  test('every import is one the room table allows', () => {
    expect(forbiddenImports(files, table)).toEqual([]);
  });
  test('the table lists the rooms there are', () => {
    expect(tableLies(files, table)).toEqual([]);
  });
  test('the agent loads nothing but its own code', () => {
    expect(outsideCodeInAgent(files)).toEqual([]);
  });
  test('every file is needed by a bundle', () => {
    expect(unreachable(files)).toEqual([]);
  });
  test('only cli and present/tui print or exit', () => {
    expect(printing(files)).toEqual([]);
  });
  test('verdict, heap and diagnose know no clock, process or console', () => {
    expect(impure(files)).toEqual([]);
  });
  test('the report schema imports nothing', () => {
    expect(files.find((file) => file.path === 'report/schema.ts')?.imports).toEqual([]);
  });
});

describe('nothing is left lying about', () => {
  test('a note of work to do has an issue number', () => {
    const folders = ['src', 'test', 'scripts', 'bench', 'lab'];
    const notes = folders
      .filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => textFiles(folder).flatMap((path) => unnumberedNotes(path, read(path))));
    expect(notes).toEqual([]);
  });
  test('every error code has a section in docs/errors.md, and every section a code', () => {
    const sections = [...read('docs/errors.md').matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
    expect(sections.sort()).toEqual([...errorCodes].sort());
  });
  test('every file a document names is there', () => {
    const documents = ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...markdownFiles('docs')];
    expect(documents.flatMap((path) => deadPaths(path, read(path)))).toEqual([]);
  });
  test('every picture that a document shows is there, and every picture is shown', () => {
    const shown = ['README.md', ...markdownFiles('docs')].flatMap((path) => picturesOf(path, read(path)));
    const drawn = readdirSync(join(root, 'docs/images')).map((name) => `docs/images/${name}`);
    expect(shown.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(drawn.filter((path) => !shown.includes(path))).toEqual([]);
  });
  test('package-lock.json has every package that `npm ci` will ask for', () => {
    expect(missingFromLock(JSON.parse(read('package-lock.json')) as Lock)).toEqual([]);
  });
});

// The rules above pass on a tidy house whether they work or not. These show that they can fail.
describe('the rules find what they forbid', () => {
  const invented = parseRoomTable(
    [
      '| room | holds | may import | packages | `node:*` |',
      '| --- | --- | --- | --- | --- |',
      '| `core` | words | none | none | none |',
      '| `verdict` | statistics | core, census types | none | none |',
      '| `census` | walks | core | none | none |',
      '| `wire` | sockets | core | ws | net, fs |',
      '| `agent` | inside | core, wire | none | none |',
      '| `heap` (later) | graph | core | none | none |',
    ].join('\n'),
  );
  const forbidden = (path: string, text: string): string[] =>
    forbiddenImports([parseSource(path, text)], invented);

  test('a room the table does not list', () => {
    expect(forbidden('verdict/a.ts', "import { x } from '../wire/x.ts';")).toEqual([
      'verdict/a.ts: verdict may not import wire (../wire/x.ts)',
    ]);
    expect(forbidden('verdict/a.ts', "export { x } from '../wire/x.ts';")).toHaveLength(1);
    expect(forbidden('verdict/a.ts', "const x = await import('../wire/x.ts');")).toHaveLength(1);
    expect(forbidden('verdict/a.ts', "type X = import('../wire/x.ts').X;")).toHaveLength(1);
    expect(forbidden('attic/a.ts', '')).toEqual(['attic/a.ts: no row of the table is for it']);
  });
  test('a value from a room of which only types are allowed', () => {
    expect(forbidden('verdict/a.ts', "import type { X } from '../census/x.ts';")).toEqual([]);
    expect(forbidden('verdict/a.ts', "import { x } from '../census/x.ts';")).toHaveLength(1);
  });
  test('a builtin, unless only its types are used', () => {
    expect(forbidden('core/a.ts', "import type { Socket } from 'node:net';")).toEqual([]);
    expect(forbidden('core/a.ts', "import { connect } from 'node:net';")).toEqual([
      'core/a.ts: core may not import node:net',
    ]);
    // Compiled to `import 'node:net'`.
    expect(forbidden('core/a.ts', "import { type Socket } from 'node:net';")).toHaveLength(1);
    expect(forbidden('wire/a.ts', "import { readFile } from 'node:fs/promises';")).toEqual([]);
  });
  test('a package, and an import without its ending', () => {
    expect(forbidden('wire/a.ts', "import { WebSocket } from 'ws';")).toEqual([]);
    expect(forbidden('core/a.ts', "import x from '@scope/name/part';")).toEqual([
      'core/a.ts: core may not import the package @scope/name',
    ]);
    expect(forbidden('wire/a.ts', "import { x } from '../core/x';")).toHaveLength(1);
  });
  test('a comment or a string that looks like an import is none', () => {
    expect(
      forbidden('core/a.ts', "// import x from 'ws';\nexport const text = \"import x from 'ws'\";"),
    ).toEqual([]);
  });
  test('a package behind the rooms the agent uses', () => {
    const sources: SourceFile[] = [
      parseSource(
        'agent/main.ts',
        "import { peer } from '../wire/peer.ts'; import type { S } from '../wire/socket.ts';",
      ),
      parseSource(
        'wire/peer.ts',
        "import type { Socket } from 'node:net'; import { EventEmitter } from 'node:events';",
      ),
      parseSource('wire/socket.ts', "import { WebSocket } from 'ws';"),
    ];
    expect(outsideCodeInAgent(sources)).toEqual(['wire/peer.ts: the agent would load node:events']);
  });
  test('a file that nothing needs', () => {
    const sources = [
      parseSource(entries[0], "import './used.ts';"),
      parseSource('cli/used.ts', ''),
      parseSource('cli/lost.ts', ''),
    ];
    expect(unreachable(sources)).toEqual(['cli/lost.ts']);
  });
  test('printing, exiting and looking at the clock', () => {
    const text =
      'console.error(1); process.exit(1); process.stdout.write(String(Date.now())); process.env.HOME;';
    expect(printing([parseSource('verdict/a.ts', text), parseSource('cli/a.ts', text)])).toHaveLength(3);
    expect(impure([parseSource('verdict/a.ts', text), parseSource('wire/a.ts', text)])).toHaveLength(5);
    expect(impure([parseSource('diagnose/a.ts', 'new Date(); new Date(0);')])).toHaveLength(1);
  });
  test('a table that promises too much or too little', () => {
    expect(tableLies([parseSource('heap/a.ts', '')], invented)).toContain(
      'heap is marked later and has files',
    );
    expect(tableLies([], invented)).toContain('core has no files and is not marked later');
  });
  test('notes of work to do', () => {
    const word = 'todo'.toUpperCase();
    expect(unnumberedNotes('a.ts', `// ${word}: later\n// ${word} #12: later`)).toEqual([
      `a.ts:1: // ${word}: later`,
    ]);
  });
  test('a path in a document that leads nowhere', () => {
    expect(
      deadPaths('A.md', 'See `src/core/bytes.ts`, `src/attic/`, `test/gallery/leaks/NAME` and `npm test`.'),
    ).toEqual(['A.md: src/attic/ does not exist']);
  });
  test('the pictures of a document', () => {
    expect(
      picturesOf('docs/concepts/a.md', '![A](../images/a.png)\n<img src="../images/b.png" alt="B">'),
    ).toEqual(['docs/images/a.png', 'docs/images/b.png']);
  });
  test('an optional package that the lock file forgot', () => {
    const lock: Lock = {
      packages: {
        'node_modules/a': {
          version: '1.0.0',
          optionalDependencies: { 'a-linux': '1.0.0', 'a-darwin': '1.0.0' },
        },
        'node_modules/a-linux': { version: '1.0.0' },
        'node_modules/b': { version: '2.0.0', optionalDependencies: { 'a-linux': '2.0.0' } },
      },
    };
    expect(missingFromLock(lock)).toEqual([
      'a-darwin@1.0.0: run `npm run lock`',
      'a-linux@2.0.0: run `npm run lock`',
    ]);
  });
});

// The brackets keep this file from finding itself.
const NOTE_WITHOUT_NUMBER = /\b(?:TO[D]O|FIX[M]E|XX[X])\b(?!\s*\(?#\d)/;

type Lock = {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
};

function missingFromLock({ packages }: Lock): string[] {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      // Ranges are npm's to choose from; exact versions are what the file must hold.
      .filter(([name, version]) => /^\d/.test(version) && lockedVersion(packages, path, name) !== version)
      .map(([name, version]) => `${name}@${version}: run \`npm run lock\``),
  );
}

function lockedVersion(packages: Lock['packages'], path: string, name: string): string | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const entry = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (entry !== undefined || folder === '') return entry?.version;
  }
}

/** Paths in backticks. A part in capitals stands for any name. */
function deadPaths(document: string, text: string): string[] {
  return [...text.matchAll(/`((?:src|test|scripts|bench|docs|lab|\.ci)\/[^`\s]*)`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => !/\b[A-Z]{2,}\b|[*{]/.test(path) && !existsSync(join(root, path)))
    .map((path) => `${document}: ${path} does not exist`);
}

/** Seen from the root. */
function picturesOf(document: string, text: string): string[] {
  return [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)|<img src="([^"]+)"/g)].map(([, path, source]) =>
    join(dirname(document), path ?? source ?? ''),
  );
}

function markdownFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path}`);
}

function unnumberedNotes(path: string, text: string): string[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => NOTE_WITHOUT_NUMBER.test(line))
    .map(({ line, number }) => `${path}:${number}: ${line}`);
}

function textFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|tsx|js|mjs|cjs|sh)$/.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`);
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
