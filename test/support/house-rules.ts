import type { SourceFile, SourceImport } from './source-file.ts';
import { type Room, type RoomTable, roomOf } from './room-table.ts';

/** The files a bundle begins with. */
export const entries = [
  'cli/main.ts',
  'index.ts',
  'heap/index.ts',
  'testing/index.ts',
  'target/helper-process.ts',
  'agent/main.ts',
  'agent/preload.ts',
  'agent/register.ts',
] as const;

/** Every import that the table does not allow, as a sentence with the file in front. */
export function forbiddenImports(files: readonly SourceFile[], table: RoomTable): string[] {
  const problems: string[] = [];
  for (const file of files) {
    const room = roomOf(table, file.path);
    if (room === undefined) {
      problems.push(`${file.path}: no row of the table is for it`);
      continue;
    }
    for (const one of file.imports) {
      const problem = problemWith(one, room, table);
      if (problem !== undefined) problems.push(`${file.path}: ${problem}`);
    }
  }
  return problems;
}

function problemWith(one: SourceImport, from: Room, table: RoomTable): string | undefined {
  if (one.target !== null) {
    if (!/\.tsx?$/.test(one.target)) return `imports ${one.specifier} without .ts`;
    const to = roomOf(table, one.target);
    if (to === undefined) return `imports ${one.specifier}, which is in no room`;
    if (to === from || from.mayImport.has(to.name)) return undefined;
    if (one.typeOnly && from.mayImportTypesOf.has(to.name)) return undefined;
    return `${from.name} may not import ${to.name} (${one.specifier})`;
  }
  // Types are gone when the code runs, wherever they come from.
  if (one.typeOnly) return undefined;
  if (one.specifier.startsWith('node:')) {
    const name = one.specifier.slice('node:'.length);
    const allowed =
      from.builtins === 'any' || from.builtins.has(name) || from.builtins.has(name.split('/')[0] ?? name);
    return allowed ? undefined : `${from.name} may not import ${one.specifier}`;
  }
  const name = packageName(one.specifier);
  return from.packages.has(name) ? undefined : `${from.name} may not import the package ${name}`;
}

/** Files that would be loaded for `entry`; what is imported for its types alone is not. */
export function loadedBy(files: readonly SourceFile[], entry: string): Set<string> {
  return reach(files, [entry], (one) => !one.typeOnly);
}

/** Files that no bundle and no type needs. */
export function unreachable(files: readonly SourceFile[]): string[] {
  const reached = reach(files, entries, () => true);
  return files.map((file) => file.path).filter((path) => !reached.has(path));
}

function reach(
  files: readonly SourceFile[],
  from: readonly string[],
  follow: (one: SourceImport) => boolean,
): Set<string> {
  const fileByPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = [...from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = fileByPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const one of file.imports) {
      if (one.target !== null && follow(one)) waiting.push(one.target);
    }
  }
  return reached;
}

/** What the agent would load at run time although it must come without imports. */
export function outsideCodeInAgent(files: readonly SourceFile[]): string[] {
  const loaded = loadedBy(files, 'agent/main.ts');
  return files
    .filter((file) => loaded.has(file.path))
    .flatMap((file) =>
      file.imports
        .filter((one) => one.target === null && !one.typeOnly)
        .map((one) => `${file.path}: the agent would load ${one.specifier}`),
    );
}

/** Only the doors with a terminal print and exit. */
export function printing(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !/^(?:cli|present\/tui)\//.test(file.path))
    .flatMap((file) =>
      file.globals
        .filter((name) => /^console\b|^process\.(?:exit|abort|stdout|stderr)$/.test(name))
        .map((name) => `${file.path}: uses ${name}`),
    );
}

/** Same input, same answer: these rooms know neither time nor place. */
export function impure(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /^(?:verdict|heap|diagnose)\//.test(file.path))
    .flatMap((file) =>
      file.globals
        .filter((name) => /^(?:console|process|performance|fetch)\b|^Date\.now$|^new Date\(\)$/.test(name))
        .map((name) => `${file.path}: uses ${name}`),
    );
}

/** Rows that promise what is not there, and rows marked later whose code has come. */
export function tableLies(files: readonly SourceFile[], table: RoomTable): string[] {
  return table.flatMap((room) => {
    const inhabited = files.some((file) => roomOf(table, file.path) === room);
    if (inhabited && room.later) return [`${room.name} is marked later and has files`];
    if (!inhabited && !room.later) return [`${room.name} has no files and is not marked later`];
    return [];
  });
}

export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
