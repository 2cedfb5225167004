/** Exports of those of Node's modules that the program has already loaded; loading another one would be a trace. */
export function loadedBuiltins(require: NodeJS.Require): object[] {
  const loaded = new Set((process as unknown as { moduleLoadList: string[] }).moduleLoadList);
  const found: object[] = [];
  for (const name of BUILTINS_LED_THROUGH) {
    if (!loaded.has(`NativeModule ${name}`)) continue;
    const exported: unknown = require(`node:${name}`);
    if ((typeof exported === 'object' && exported !== null) || typeof exported === 'function')
      found.push(exported);
  }
  return found;
}

/** None of these warns when it is required. */
const BUILTINS_LED_THROUGH = [
  'assert',
  'async_hooks',
  'buffer',
  'child_process',
  'crypto',
  'dns',
  'events',
  'fs',
  'http',
  'http2',
  'https',
  'inspector',
  'net',
  'os',
  'path',
  'perf_hooks',
  'querystring',
  'readline',
  'stream',
  'string_decoder',
  'timers',
  'tls',
  'tty',
  'url',
  'util',
  'v8',
  'vm',
  'worker_threads',
  'zlib',
];

/** The CommonJS modules of the program: its own before its packages', so that names come from its own. */
export function loadedModules(require: NodeJS.Require): { file: string; exports: object }[] {
  const cache = (require('node:module') as { _cache?: Record<string, { exports?: unknown }> })._cache ?? {};
  const modules: { file: string; exports: object }[] = [];
  for (const file of Object.keys(cache)) {
    const module = Object.getOwnPropertyDescriptor(cache, file)?.value as object | undefined;
    if (module === undefined) continue;
    const exported: unknown = Object.getOwnPropertyDescriptor(module, 'exports')?.value;
    if ((typeof exported === 'object' && exported !== null) || typeof exported === 'function') {
      modules.push({ file, exports: exported });
    }
  }
  const isPackage = (file: string): number => (file.includes('node_modules') ? 1 : 0);
  return modules.sort((a, b) => isPackage(a.file) - isPackage(b.file));
}

/** The files of the CommonJS modules, in the order of their loading; of very many the first, so that they fit one message. */
export function loadedFiles(require: NodeJS.Require): string[] {
  const cache = (require('node:module') as { _cache?: object })._cache ?? {};
  return Object.keys(cache).slice(0, MAX_FILES_TOLD);
}

const MAX_FILES_TOLD = 4000;

/**
 * The functions that take a CommonJS file in, which whoever rewrites files on their way puts others in the place of; `null` where Node
 * was told to load or rewrite something by an option, for hooks of ES modules can't be seen.
 */
export function loadersOf(require: NodeJS.Require): object[] | null {
  if (mayRewriteFiles()) return null;
  const module = require('node:module') as { _extensions?: object; prototype?: object };
  const handler = ownFunction(module._extensions, '.js');
  const compile = ownFunction(module.prototype, '_compile');
  return handler === null || compile === null ? null : [handler, compile];
}

/** Node 22.18 and later runs TypeScript with blanks in the place of its types, unless somebody else makes JavaScript of it. */
export function stripsTypes(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown };
  return typescript === 'strip' && !mayRewriteFiles();
}

/** Whether Node was told to by an option. */
function mayRewriteFiles(): boolean {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ').replace(OWN_IMPORT, ' ');
  return REWRITING.test(given);
}

const REWRITING =
  /(?:^|\s)(?:-r|--(?:require|import|loader|experimental-loader|experimental-transform-types))(?:[=\s]|$)/;
/** Waits to be asked, and loads nothing before. */
const OWN_IMPORT = /--import[=\s]\S*leakline\/register\S*/g;

function ownFunction(object: object | undefined, key: string): object | null {
  const value: unknown = object === undefined ? null : Object.getOwnPropertyDescriptor(object, key)?.value;
  return typeof value === 'function' ? value : null;
}

/** What keeps the event loop going: servers, sockets, child processes. */
export function activeHandles(): object[] {
  const list = (process as unknown as { _getActiveHandles?: () => object[] })._getActiveHandles;
  return list === undefined ? [] : Reflect.apply(list, process, []);
}
