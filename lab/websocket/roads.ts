import type { IncomingMessage, ServerResponse } from 'node:http';

/** The city is a square of crossings, numbered row by row. */
const CITY_SIDE = 32;
const CROSSINGS = CITY_SIDE * CITY_SIDE;

type Route = {
  readonly from: number;
  readonly to: number;
  readonly crossings: number[];
  readonly seconds: number;
};

/** Routes people ask for again and again. Bounded: the one that was not asked for the longest goes first. */
const routeCache = new Map<string, Route>();
const ROUTE_CACHE_MAX = 128;

/** How busy the roads are now, as a share of what they can take. The city is small: every minute has its rush. */
export function currentLoad(): number {
  return 0.5 + 0.45 * Math.sin((Date.now() / 60_000) * 2 * Math.PI);
}

/** `GET /health`, `GET /load` and `GET /routes/FROM/TO`; everything else is a 404. */
export function answerApi(request: IncomingMessage, response: ServerResponse): void {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  if (request.method !== 'GET') return answer(response, 405, { error: 'only GET is supported' });
  if (path === '/health') return answer(response, 200, { ok: true, cachedRoutes: routeCache.size });
  if (path === '/load') return answer(response, 200, { load: currentLoad() });

  const [, from, to] = /^\/routes\/(\d{1,4})\/(\d{1,4})$/.exec(path) ?? [];
  if (from === undefined || to === undefined) return answer(response, 404, { error: `nothing at ${path}` });
  if (Number(from) >= CROSSINGS || Number(to) >= CROSSINGS) {
    return answer(response, 404, { error: `crossings go from 0 to ${CROSSINGS - 1}` });
  }
  answer(response, 200, findRoute(Number(from), Number(to)));
}

function findRoute(from: number, to: number): Route {
  const key = `${from}-${to}`;
  const route = routeCache.get(key) ?? computeRoute(from, to);
  // A Map keeps the order of insertion, so taking it out first makes this entry the newest.
  routeCache.delete(key);
  routeCache.set(key, route);
  if (routeCache.size > ROUTE_CACHE_MAX) {
    const [oldest] = routeCache.keys();
    if (oldest !== undefined) routeCache.delete(oldest);
  }
  return route;
}

function computeRoute(from: number, to: number): Route {
  const crossings = [from];
  let at = from;
  let seconds = 0;
  while (at !== to) {
    const column = Math.sign((to % CITY_SIDE) - (at % CITY_SIDE));
    const row = Math.sign(Math.floor(to / CITY_SIDE) - Math.floor(at / CITY_SIDE));
    at += column === 0 ? row * CITY_SIDE : column;
    seconds += 20 + ((at * 7919) % 40);
    crossings.push(at);
  }
  return { from, to, crossings, seconds };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
