/** A row of the table in ARCHITECTURE.md. A row `present/tui` stands before `present` for the files below it. */
export type Room = {
  readonly name: string;
  readonly mayImport: ReadonlySet<string>;
  /** Rooms of which only the types may be imported. */
  readonly mayImportTypesOf: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
  /** `any` for the rooms that may use what they need. */
  readonly builtins: ReadonlySet<string> | 'any';
  readonly later: boolean;
};

export type RoomTable = readonly Room[];

/** Reads the first table whose header begins with `room`. Columns: room, holds, may import, packages, `node:*`. */
export function parseRoomTable(markdown: string): RoomTable {
  const lines = markdown.split('\n');
  const header = lines.findIndex((line) => /^\|\s*room\s*\|/.test(line));
  if (header === -1) throw new Error('no table with a column "room"');
  const columns = cells(lines[header] ?? '');
  const column = (name: string): number => {
    const index = columns.indexOf(name);
    if (index === -1) throw new Error(`the room table has no column "${name}"`);
    return index;
  };
  const at = {
    room: column('room'),
    mayImport: column('may import'),
    packages: column('packages'),
    builtins: column('node:*'),
  };
  const rooms: Room[] = [];
  for (const line of lines.slice(header + 2)) {
    if (!line.startsWith('|')) break;
    const row = cells(line);
    const imports = list(row[at.mayImport]);
    const builtins = list(row[at.builtins]);
    rooms.push({
      name: (row[at.room] ?? '').replace(/\s*\(later\)$/, '').replace(/\/$/, ''),
      later: (row[at.room] ?? '').endsWith('(later)'),
      mayImport: new Set(imports.filter((name) => !name.endsWith(' types'))),
      mayImportTypesOf: new Set(
        imports.filter((name) => name.endsWith(' types')).map((name) => name.replace(/ types$/, '')),
      ),
      packages: new Set(list(row[at.packages])),
      builtins: builtins.includes('any') ? 'any' : new Set(builtins),
    });
  }
  return rooms;
}

/** The row with the longest name that `path` lies below. */
export function roomOf(table: RoomTable, path: string): Room | undefined {
  return table
    .filter((room) => path === room.name || path.startsWith(`${room.name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim());
}

/** `none` and a dash are the empty list. */
function list(cell = ''): string[] {
  return cell
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none' && name !== '–');
}
