import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Visitor, parseSync } from 'rolldown/utils';

/** One file of src/ as the rules of the house see it. */
export type SourceFile = {
  /** From src/, as `core/bytes.ts`. */
  readonly path: string;
  readonly imports: readonly SourceImport[];
  /** What it reads of the globals that print, exit or tell the time: `console`, `process.exit`, `Date.now`. */
  readonly globals: readonly string[];
};

export type SourceImport = {
  readonly specifier: string;
  /** The file it leads to, from src/; `null` for packages and builtins. */
  readonly target: string | null;
  /** Gone after compilation, so nothing is loaded. */
  readonly typeOnly: boolean;
};

const WATCHED_GLOBALS = new Set(['console', 'process', 'performance', 'Date', 'fetch']);

export function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(folder, path), 'utf8')));
}

export function parseSource(path: string, text: string): SourceFile {
  const { module, program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);

  const imports: SourceImport[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    imports.push({ specifier, target, typeOnly });
  };
  for (const statement of module.staticImports) {
    // `import { type A } from 'x'` still loads x: with verbatimModuleSyntax only `import type` disappears.
    add(statement.moduleRequest.value, /^import\s+type\b(?!\s*(?:,|from))/.test(text.slice(statement.start)));
  }
  for (const statement of module.staticExports) {
    const request = statement.entries[0]?.moduleRequest;
    if (request) add(request.value, /^export\s+type\b/.test(text.slice(statement.start)));
  }

  const globals = new Set<string>();
  new Visitor({
    ImportExpression: ({ source }) => {
      // A computed specifier can't be followed, so it may not be there.
      add(source.type === 'Literal' ? String(source.value) : text.slice(source.start, source.end), false);
    },
    TSImportType: ({ source }) => add(source.value, true),
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier' || !WATCHED_GLOBALS.has(object.name)) return;
      globals.add(property.type === 'Identifier' ? `${object.name}.${property.name}` : object.name);
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0)
        globals.add('new Date()');
    },
    CallExpression: ({ callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'fetch') globals.add('fetch');
    },
  }).visit(program);
  return { path, imports, globals: [...globals] };
}
