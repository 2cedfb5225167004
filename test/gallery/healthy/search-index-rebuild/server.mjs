// Full text search over articles. The index is built anew every few seconds, and the old one answers until then.
import { createServer } from 'node:http';

const ARTICLES = 2500;
const REBUILD_MS = 6000;
const WORDS = 'amber birch cedar delta ember fjord grove haven inlet jetty knoll lagoon maple north'.split(
  ' ',
);

const articles = Array.from({ length: ARTICLES }, (_, number) => write(number, number));

function write(number, seed) {
  const words = Array.from(
    { length: 24 },
    (_, at) => `${WORDS[(seed * 3 + at * at) % WORDS.length]}${(seed + at) % 60}`,
  );
  return { number, title: `Article ${number}`, body: words.join(' ') };
}

function build() {
  const postings = new Map();
  for (const { number, body } of articles) {
    for (const [position, word] of body.split(' ').entries()) {
      let hits = postings.get(word);
      if (hits === undefined) postings.set(word, (hits = []));
      hits.push({ number, position, weight: 1 / (1 + position) });
    }
  }
  for (const hits of postings.values()) hits.sort((a, b) => b.weight - a.weight);
  return { postings, builtAt: new Date() };
}

let index = build();
setInterval(() => {
  index = build();
}, REBUILD_MS);

async function readText(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const [, collection, number] = url.pathname.split('/');
  if (collection === 'search') {
    const hits = index.postings.get(url.searchParams.get('q')) ?? [];
    const best = hits.slice(0, 10).map((hit) => ({ ...hit, title: articles[hit.number].title }));
    return response.end(JSON.stringify({ found: hits.length, best, builtAt: index.builtAt }));
  }
  const article = articles[Number(number)];
  if (collection !== 'articles' || article === undefined) return response.writeHead(404).end();
  if (request.method === 'PUT') {
    const seed = Number(await readText(request));
    articles[article.number] = write(article.number, seed);
  }
  response.end(JSON.stringify(articles[article.number]));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
