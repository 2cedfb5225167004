import type { KnownLeak } from '../../core/finding.ts';

/**
 * A documented leak of an npm package, or of a common way to use one; `leaks` as `isInRange` reads it, `citation` where its
 * maintainers or those who found it say so.
 */
export type CataloguedLeak = Omit<KnownLeak, 'installed'> & {
  /** Where in the package it shows. */
  readonly shows: readonly Place[];
};

export type Place = {
  /** Within the package, without its ending; a tail such as `with-filter` stands for the folders of every build. */
  readonly file: string;
  /** What holds or grows there, or the function that adds. */
  readonly names: readonly string[];
};

/**
 * Known leaks, by package. Each range is what the citation says or what the two releases beside it do; a leak without
 * a source that says so is not in here.
 */
export const catalogue: readonly CataloguedLeak[] = [
  {
    package: '@opentelemetry/instrumentation-pg',
    leaks: '>=0.45.0 <0.46.0',
    fixedIn: ['0.46.0'],
    description: 'Each connect() of a pool puts four more listeners on that pool, which stay.',
    remedy: 'Upgrade to 0.46.0 or later.',
    citation: 'https://github.com/open-telemetry/opentelemetry-js-contrib/issues/2479',
    shows: [{ file: 'build/src/instrumentation', names: ['connect'] }],
  },
  {
    package: '@prisma/adapter-pg',
    leaks: '>=6.15.0 <6.16.0',
    fixedIn: ['6.16.0'],
    description:
      "Each transaction puts one more 'error' listener on the connection it takes from the pool, which stays as long as that is reused.",
    remedy: 'Upgrade to 6.16.0 or later.',
    citation: 'https://github.com/prisma/orm/pull/28057',
    shows: [{ file: 'dist/index', names: ['startTransaction'] }],
  },
  {
    package: 'axios',
    leaks: '<0.22.0',
    fixedIn: ['0.22.0'],
    description:
      'A CancelToken that serves many requests keeps each of them, with its response, because a request that has ended cannot unsubscribe from the token.',
    remedy: 'Upgrade to 0.22.0 or later, or make a token for each request.',
    citation: 'https://github.com/axios/axios/issues/3001',
    shows: [
      { file: 'lib/adapters/http', names: ['dispatchHttpRequest'] },
      { file: 'lib/cancel/CancelToken', names: ['CancelToken', 'promise'] },
    ],
  },
  {
    package: 'dataloader',
    leaks: '*',
    fixedIn: [],
    description: 'A loader that outlives its request keeps every key it was ever asked for, with the value.',
    remedy: 'Make the loaders anew for each request, or give them a cacheMap that forgets.',
    citation: 'https://github.com/graphql/dataloader#caching-per-request',
    shows: [{ file: 'index', names: ['_cacheMap', '_promiseCache'] }],
  },
  {
    package: 'debug',
    leaks: '>=3.0.0 <4.3.0',
    fixedIn: ['4.3.0'],
    description:
      'Every function that debug() returns is kept in a list, so one that is made for each request or connection stays for good.',
    remedy: 'Upgrade to 4.3.0 or later, or call debug() once, at the top of the file.',
    citation: 'https://github.com/debug-js/debug/issues/678',
    shows: [
      { file: 'src/common', names: ['instances', 'createDebug'] },
      { file: 'src/debug', names: ['instances', 'createDebug'] },
    ],
  },
  {
    package: 'express-session',
    leaks: '*',
    fixedIn: [],
    description:
      'MemoryStore, the default store, keeps sessions that have expired; it is not meant for production.',
    remedy: 'Pass a store that removes expired sessions: connect-redis, or memorystore for a single process.',
    citation: 'https://github.com/expressjs/session#sessionoptions',
    shows: [{ file: 'session/memory', names: ['sessions', 'MemoryStore', 'set'] }],
  },
  {
    package: 'graphql-subscriptions',
    leaks: '>=0.4.0 <1.2.1',
    fixedIn: ['1.2.1'],
    description:
      'Each event that the filter of withFilter turns down adds a promise to a chain, which is kept until one passes.',
    remedy: 'Upgrade to 1.2.1 or later.',
    citation: 'https://github.com/apollographql/graphql-subscriptions/pull/209',
    shows: [{ file: 'with-filter', names: ['withFilter', 'getNextPromise'] }],
  },
  {
    package: 'inflight',
    leaks: '*',
    fixedIn: [],
    description:
      'A key whose callback is never called stays, with all callbacks that wait for it; the package is no longer maintained.',
    remedy: 'Upgrade the package that depends on it (glob is without it from 9 on), or use lru-cache.',
    citation: 'https://github.com/isaacs/inflight-DEPRECATED-DO-NOT-USE/issues/18',
    shows: [{ file: 'inflight', names: ['reqs', 'inflight'] }],
  },
  {
    package: 'mem',
    leaks: '<4.0.0',
    fixedIn: ['4.0.0'],
    description:
      'Results are kept after their maxAge, so the cache has an entry for every argument it ever saw.',
    remedy: 'Upgrade to 4.0.0 or later.',
    citation: 'https://github.com/advisories/GHSA-4xcv-9jjx-gfj3',
    shows: [{ file: 'index', names: ['cache', 'cacheStore', 'memoized', 'setData'] }],
  },
  {
    package: 'mongoose',
    leaks: '*',
    fixedIn: [],
    description:
      'The list of connections keeps each one that createConnection() made, also after its close().',
    remedy: 'End such a connection with destroy() instead of close(), or share one.',
    citation: 'https://github.com/Automattic/mongoose/issues/2337',
    shows: [
      { file: 'lib/mongoose', names: ['connections', 'createConnection'] },
      { file: 'lib/index', names: ['connections', 'createConnection'] },
    ],
  },
  {
    package: 'socket.io',
    leaks: '<2.5.0 || >=3.0.0 <4.5.2',
    fixedIn: ['2.5.0', '4.5.2'],
    description:
      'A socket that joins a room after it was disconnected, as behind a slow query, stays in that room for good.',
    remedy:
      'Upgrade to 4.5.2 or later (2.5.0 in the 2.x line), or ask whether it is connected before it joins.',
    citation: 'https://github.com/socketio/socket.io/issues/4380',
    shows: [{ file: 'socket', names: ['join'] }],
  },
  {
    package: 'undici',
    leaks: '>=6.16.0 <6.19.8',
    fixedIn: ['6.19.8'],
    description:
      'The body of a response that was cloned and never read keeps its socket and what has been received.',
    remedy: 'Upgrade to 6.19.8 or later, or read or cancel the bodies of both.',
    citation: 'https://github.com/nodejs/undici/pull/3458',
    shows: [
      { file: 'lib/web/fetch/body', names: ['cloneBody'] },
      // The body timeouts of the sockets that are kept so.
      { file: 'lib/util/timers', names: ['fastTimers'] },
    ],
  },
  {
    package: 'winston',
    leaks: '>=3.0.0',
    fixedIn: [],
    description:
      'Each logger that createLogger() makes is piped into its transports; a transport that loggers share keeps all of them.',
    remedy: 'Make one logger and derive the others from it with child(), or close() each.',
    citation: 'https://github.com/winstonjs/winston/issues/1334',
    shows: [{ file: 'lib/winston/logger', names: ['add'] }],
  },
  {
    package: 'y-websocket',
    leaks: '<1.3.5',
    fixedIn: ['1.3.5'],
    description:
      'The interval that pings a client goes on after the connection has closed, and keeps the connection.',
    remedy: 'Upgrade to 1.3.5 or later.',
    citation: 'https://github.com/yjs/y-websocket/pull/30',
    shows: [{ file: 'bin/utils', names: ['pingInterval', 'setupWSConnection'] }],
  },
];

/** Where a leak shows in a file of its package. */
export function placesIn({ shows }: CataloguedLeak, file: string): Place[] {
  const path = `/${file.replace(/\.[^./]*$/, '')}`;
  return shows.filter((place) => path.endsWith(`/${place.file}`));
}

/** What is told of it, where this version is installed. */
export function toldOf({ shows: _, ...leak }: CataloguedLeak, installed: string | null): KnownLeak {
  return { ...leak, installed };
}
