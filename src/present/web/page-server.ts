import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LeaklineError } from '../../core/errors.ts';
import type { LiveView } from '../../report/live.ts';
import type { HeapSummary } from '../../report/heap-summary.ts';
import type { ProcessRow } from '../../report/process-list.ts';
import type { Comparison, Report, Reports } from '../../report/schema.ts';
import { CHART_STYLE } from '../html/chart-style.ts';
import { STYLE } from '../html/style.ts';
import { EventStream, type FrameSource } from './event-stream.ts';
import { documentFrame, heapFrame, liveFrame } from './frames.ts';
import { COOKIE_NAME, entranceAddress, type FileName, type GateKeys, passageFor } from './gate.ts';
import { LIVE_STYLE } from './live-style.ts';
import type { PageFrame } from './page-frame.ts';
import { entrancePage, ICON, SHELL } from './page-shell.ts';
import { processListFrame } from './process-list-frame.ts';

export type PageServerOptions = {
  /** What is being watched, or where the document comes from. */
  readonly name: string;
  /** The text of the script of `web/`. */
  readonly script: string;
  /** The least time between two frames. */
  readonly everyMs?: number;
};

/**
 * The live page of one command, on 127.0.0.1 and a free port. It keeps no process alive, and after `close` nothing of it is
 * left.
 */
export class PageServer {
  /** To be opened in a browser, once: it lets in one, which stays in. */
  readonly url: string;
  readonly #server: Server;
  readonly #options: PageServerOptions;
  readonly #streams = new Set<EventStream>();
  #keys: GateKeys;
  #makeFrame: (() => PageFrame) | null = null;
  #version = 0;
  #made: { readonly version: number; readonly text: string; readonly tookMs: number } | null = null;

  /** Throws `PAGE_NOT_SERVED`. */
  static async open(options: PageServerOptions): Promise<PageServer> {
    const server = createServer({
      maxHeaderSize: 8192,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: HEADERS_WITHIN_MS,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 5000,
    });
    server.maxConnections = CONNECTIONS_AT_MOST;
    server.on('connection', (socket) => socket.unref());
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(new LeaklineError('PAGE_NOT_SERVED', { message: cause.message }, { cause })),
      );
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    return new PageServer(server, options);
  }

  private constructor(server: Server, options: PageServerOptions) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    this.#server = server;
    this.#options = options;
    this.#keys = {
      port: address.port,
      token: secret(),
      isTokenUsed: false,
      cookie: secret(),
      folder: secret(),
    };
    this.url = entranceAddress(this.#keys);
    server.on('request', (request, response) => this.#answer(request, response));
    // Without these Node would invite a body, or refuse in words of its own.
    server.on('checkContinue', (_, response) => refuse(response));
    server.on('checkExpectation', (_, response) => refuse(response));
    server.on('clientError', (_, socket) => socket.destroy());
  }

  /** Shows the view. Only the latest is kept, and it is drawn only for who looks. */
  update(view: LiveView): void {
    this.#show(() => liveFrame(view, this.#options.name));
  }

  /** Shows an answer, or a document that was saved. */
  show(document: Report | Reports | Comparison): void {
    this.#show(() => documentFrame(document, this.#options.name));
  }

  /** Shows what is in a heap snapshot. */
  showHeap(summary: HeapSummary): void {
    this.#show(() => heapFrame(summary));
  }

  /** Shows the processes that could be watched. */
  list(processes: readonly ProcessRow[]): void {
    this.#show(() => processListFrame(processes));
  }

  /** Every browser gets the last frame and stays with it. Waits for slow ones only for a moment. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const stream of this.#streams) stream.end();
    this.#server.closeIdleConnections();
    const impatient = setTimeout(() => this.#server.closeAllConnections(), LAST_FRAME_WITHIN_MS);
    await closed;
    clearTimeout(impatient);
  }

  #show(makeFrame: () => PageFrame): void {
    this.#makeFrame = makeFrame;
    this.#version += 1;
    for (const stream of this.#streams) stream.wake();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders };
    const passage = passageFor(asked, this.#keys);
    switch (passage) {
      case null:
        return refuse(response);
      case 'entrance': {
        const { cookie, folder } = this.#keys;
        this.#keys = { ...this.#keys, isTokenUsed: true };
        response.setHeader(
          'Set-Cookie',
          `${COOKIE_NAME}=${cookie}; Path=/${folder}/; HttpOnly; SameSite=Strict`,
        );
        return send(response, 'text/html; charset=utf-8', entrancePage(folder));
      }
      case 'entered':
        response.writeHead(303, { ...HEADERS, Location: `/${this.#keys.folder}/` });
        response.end();
        return;
      case 'events':
        return this.#stream(response);
      default:
        return send(response, ...this.#file(passage));
    }
  }

  #file(name: Exclude<FileName, 'events'>): readonly [type: string, text: string] {
    switch (name) {
      case '':
        return ['text/html; charset=utf-8', SHELL];
      case 'page.js':
        return ['text/javascript; charset=utf-8', this.#options.script];
      case 'page.css':
        return ['text/css; charset=utf-8', STYLE + CHART_STYLE + LIVE_STYLE];
      case 'icon.svg':
        return ['image/svg+xml', ICON];
    }
  }

  #stream(response: ServerResponse): void {
    if (this.#streams.size >= STREAMS_AT_MOST) return refuse(response);
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    const stream = new EventStream(response, () => this.#frameSource());
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
  }

  #frameSource(): FrameSource {
    const { everyMs = EVERY_MS } = this.#options;
    return {
      version: this.#makeFrame === null ? -1 : this.#version,
      text: () => this.#frameText(),
      // A page that takes long to make is made less often: watching comes first.
      everyMs: Math.max(everyMs, (this.#made?.tookMs ?? 0) * (1 / SHARE_OF_OUR_TIME)),
    };
  }

  /** Made once for all who look. */
  #frameText(): string {
    if (this.#made?.version !== this.#version) {
      const beganMs = performance.now();
      const text = JSON.stringify(this.#makeFrame?.() ?? null);
      this.#made = { version: this.#version, text, tookMs: performance.now() - beganMs };
    }
    return this.#made.text;
  }
}

const EVERY_MS = 400;
const SHARE_OF_OUR_TIME = 0.1;
const HEADERS_WITHIN_MS = 5000;
const LAST_FRAME_WITHIN_MS = 500;
const CONNECTIONS_AT_MOST = 64;
const STREAMS_AT_MOST = 8;

/** On every answer. Nothing but the page's own files may be loaded, run or asked, by nobody else, and nothing is kept. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

function send(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { ...HEADERS, 'Content-Type': type });
  response.end(text);
}

/** Always the same words, and the connection ends with them: no body is read, whatever its length. */
function refuse(response: ServerResponse): void {
  response.writeHead(403, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end('Refused.\n', () => response.req.socket.destroy());
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
