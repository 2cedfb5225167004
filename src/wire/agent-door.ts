import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Server, type Socket, createServer } from 'node:net';
import { HandlerRelay } from './handler-relay.ts';
import { Peer, type PeerHandlers } from './peer.ts';

/**
 * Where an agent knocks: a local socket in a directory only we can enter. The agent proves itself with a token that
 * travelled through the inspector or the environment, never on a command line.
 */
export type AgentDoor = {
  readonly socketPath: string;
  readonly token: string;
  /** The first agent that shows the token. Rejects after `timeoutMs` and on `close`; nobody else is let in afterwards. */
  accept(handlers: PeerHandlers, timeoutMs: number): Promise<{ peer: Peer; hello: AgentHello }>;
  /** Every agent that shows the token, from now until `close`. What it says waits for the relay to be connected. */
  welcome(onAgent: (agent: { peer: Peer; hello: AgentHello; relay: HandlerRelay }) => void): void;
  /** Lets nobody in any more; whoever is in stays. */
  shut(): void;
  /** Ends the lines of those who came in, too. May be called again. */
  close(): Promise<void>;
};

export type AgentHello = {
  readonly pid: number;
  /** `main`, or `worker:3` for the thread Node numbers 3. */
  readonly isolate: string;
  readonly node: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly heapLimitBytes: number;
  /** Runs a script of an installed package, so the program may be a child of it. */
  readonly launcher: boolean;
  /** Node itself runs TypeScript files, less their types; nothing else was told to load them. */
  readonly stripsTypes: boolean;
};

/** Listens at `socketPath`, whose directory the caller has made private (0700). */
export async function openAgentDoor(socketPath: string): Promise<AgentDoor> {
  const token = randomBytes(32).toString('hex');
  const server = createServer();
  const connections = new Set<Socket>();
  const abandoned = new AbortController();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    socketPath,
    token,
    welcome: (onAgent) => {
      server.on('connection', (socket) => {
        const relay = new HandlerRelay();
        greet(socket, token, relay.handlers, (peer, hello) => onAgent({ peer, hello, relay }));
      });
    },
    accept: (handlers, timeoutMs) => accept(server, token, handlers, timeoutMs, abandoned.signal),
    shut: () => {
      abandoned.abort();
      server.close();
    },
    close: () => {
      abandoned.abort();
      return closeServer(server, connections);
    },
  };
}

function accept(
  server: Server,
  token: string,
  handlers: PeerHandlers,
  timeoutMs: number,
  abandoned: AbortSignal,
): Promise<{ peer: Peer; hello: AgentHello }> {
  return new Promise((resolve, reject) => {
    const giveUp = (reason: string): void => {
      clearTimeout(timer);
      server.off('connection', knock);
      reject(new Error(reason));
    };
    const timer = setTimeout(() => giveUp(`nobody connected within ${timeoutMs} ms`), timeoutMs);
    abandoned.addEventListener('abort', () => giveUp('the door was closed'));
    const knock = (socket: Socket): void =>
      greet(socket, token, handlers, (peer, hello) => {
        clearTimeout(timer);
        server.off('connection', knock);
        resolve({ peer, hello });
      });
    server.on('connection', knock);
  });
}

/** Until the token was shown nothing that comes through the socket reaches the handlers. */
function greet(
  socket: Socket,
  token: string,
  handlers: PeerHandlers,
  onKnown: (peer: Peer, hello: AgentHello) => void,
): void {
  let known = false;
  const peer: Peer = new Peer(socket, {
    onClose: () => {
      if (known) handlers.onClose?.();
    },
    onCall: (method, params) => (known ? handlers.onCall?.(method, params) : null),
    onEvent: (event, params) => {
      if (known) {
        handlers.onEvent?.(event, params);
        return;
      }
      const hello = params as AgentHello & { token: string };
      if (event !== 'hello' || !sameToken(hello.token, token)) {
        socket.destroy();
        return;
      }
      known = true;
      onKnown(peer, hello);
    },
  });
}

function sameToken(shown: unknown, expected: string): boolean {
  if (typeof shown !== 'string' || shown.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(shown), Buffer.from(expected));
}

function closeServer(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  for (const socket of connections) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
