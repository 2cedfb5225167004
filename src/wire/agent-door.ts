import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Server, type Socket, createServer } from 'node:net';
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
  /** Every agent that shows the token, until the door is closed. `welcome` gives who listens to it. */
  acceptAll(welcome: (peer: Peer, hello: AgentHello) => PeerHandlers): void;
  /** Ends the connections of those who came through it. May be called again. */
  close(): Promise<void>;
  /** Lets nobody in any more; who is in stays. */
  shut(): void;
};

export type AgentHello = {
  readonly pid: number;
  /** `main`, or `worker:3` for the thread Node numbers 3. */
  readonly isolate: string;
  readonly node: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly heapLimitBytes: number;
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
    accept: (handlers, timeoutMs) => accept(server, token, handlers, timeoutMs, abandoned.signal),
    acceptAll: (welcome) => void server.on('connection', (socket: Socket) => letIn(socket, token, welcome)),
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
    const knock = (socket: Socket): void => {
      letIn(socket, token, (peer, hello) => {
        clearTimeout(timer);
        server.off('connection', knock);
        resolve({ peer, hello });
        return handlers;
      });
    };
    server.on('connection', knock);
  });
}

/** Until the token was shown nothing that comes through the socket reaches the caller, who then says who listens. */
function letIn(
  socket: Socket,
  token: string,
  welcome: (peer: Peer, hello: AgentHello) => PeerHandlers,
): void {
  let handlers: PeerHandlers | null = null;
  const peer: Peer = new Peer(socket, {
    onClose: () => handlers?.onClose?.(),
    onEvent: (event, params) => {
      if (handlers !== null) {
        handlers.onEvent?.(event, params);
        return;
      }
      const hello = params as AgentHello & { token: string };
      if (event === 'hello' && sameToken(hello.token, token)) handlers = welcome(peer, hello);
      else socket.destroy();
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
