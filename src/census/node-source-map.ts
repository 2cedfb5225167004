import { isObject, ownValue } from './own-value.ts';
import type { ScopeReader } from './scopes.ts';

/**
 * The map that Node keeps of a script from the places of the text that runs to those of its file: JSON, or the data URL that has it; `null`
 * where Node keeps none. It does where source maps are switched on, as tsx does, and the text names one. Without the sources themselves.
 *
 * `module.findSourceMap` would decode it, and Node keeps what it decoded: 4 MB of a file of 270 KB. So it is read off the variables that
 * function captures, which are no documented thing; 1.5 ms (docs/decisions/0032-the-map-of-a-loader.md).
 *
 * `url`: a file URL, as `module.findSourceMap` has its keys.
 */
export function nodeSourceMap(findSourceMap: object, scopes: ScopeReader, url: string): string | null {
  scopes.beginSlice();
  try {
    for (const { object } of scopes.readFunction(findSourceMap)?.scopes() ?? []) {
      const modules = ownValue(object, 'getModuleSourceMapCache');
      if (typeof modules !== 'function') continue;
      const cache: unknown = Reflect.apply(modules, undefined, []);
      const entry = entryOf(cache, url) ?? entryOf(ownValue(object, 'generatedSourceMapCache'), url);
      return entry === null ? null : mapOf(entry);
    }
    return null;
  } finally {
    scopes.endSlice();
  }
}

function entryOf(cache: unknown, url: string): object | null {
  const entry = isObject(cache) ? (cache as { get?: (key: string) => unknown }).get?.(url) : null;
  return isObject(entry) ? entry : null;
}

function mapOf(entry: object): string | null {
  const data = ownValue(entry, 'data');
  // Node 26 keeps the text's own word for it until somebody asks.
  const named = ownValue(entry, 'sourceMapURL');
  if (!isObject(data)) return typeof named === 'string' && named.startsWith('data:') ? short(named) : null;
  const [version, names, sources, sourceRoot, mappings] = PARTS.map((part) => ownValue(data, part));
  if (typeof mappings !== 'string') return null;
  return short(JSON.stringify({ version, names, sources, sourceRoot, mappings }));
}

const PARTS = ['version', 'names', 'sources', 'sourceRoot', 'mappings'] as const;

function short(text: string): string | null {
  return text.length <= MAX_LENGTH ? text : null;
}

/** Of a file of 700 KB, of 200 with its data URL; half of what may wait in the socket. */
const MAX_LENGTH = 500_000;
