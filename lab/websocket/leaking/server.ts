import { createServer } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { answerApi, currentLoad } from '../roads.ts';

const PORT = Number(process.env.PORT ?? 8080);
/** Road segments on a dispatcher's map. */
const ITEMS = Number(process.env.LAB_ITEMS ?? 1_000_000);

type Session = {
  readonly socket: WebSocket;
  /** The load of every road segment, a second at a time, so that the dispatcher can wind back. */
  readonly history: number[][];
  recording?: NodeJS.Timeout;
};

const sessions = new Map<number, Session>();
// ^^ lab: held by
let lastSessionId = 0;

function onConnection(socket: WebSocket): void {
  const id = ++lastSessionId;
  const session: Session = { socket, history: [] };
  // ^^ lab: grows
  sessions.set(id, session);

  session.recording = setInterval(() => {
    session.history.push(Array<number>(ITEMS).fill(currentLoad()));
    // ^^ lab: added at
  }, 1000);

  socket.on('message', (data) => socket.send(JSON.stringify(windBack(session, data))));
  socket.on('error', (error) => console.error(`session ${id}: ${error.message}`));
}

/** Answers `{"secondsAgo": 3}` with the first few segments as they were then. */
function windBack(session: Session, data: RawData): object {
  let secondsAgo: unknown;
  try {
    ({ secondsAgo } = JSON.parse((data as Buffer).toString()) as { secondsAgo?: unknown });
  } catch {
    secondsAgo = undefined;
  }
  if (typeof secondsAgo !== 'number') return { error: 'expected {"secondsAgo": NUMBER}' };
  return { secondsAgo, load: session.history.at(-1 - secondsAgo)?.slice(0, 8) ?? [] };
}

const server = createServer(answerApi);
const webSockets = new WebSocketServer({ server, path: '/ws' });
webSockets.on('connection', onConnection);

// The WebSocket server passes on the errors of the HTTP server it sits on.
webSockets.on('error', (error) => {
  console.error(`could not listen on port ${PORT}: ${error.message}`);
  process.exit(1);
});

process.once('SIGTERM', () => {
  for (const socket of webSockets.clients) socket.terminate();
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

server.listen(PORT, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening ${typeof address === 'object' ? address?.port : address}`);
});
