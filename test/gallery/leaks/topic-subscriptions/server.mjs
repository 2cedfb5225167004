// News as server-sent events: a reader names the topics it wants and gets the headlines of those.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const subscribersByTopic = new Map();
// ^^ leak: held by

function subscribe(reader, topic) {
  let subscribers = subscribersByTopic.get(topic);
  if (subscribers === undefined) {
    subscribers = new Set();
    subscribersByTopic.set(topic, subscribers);
  }
  subscribers.add(reader);
  // ^^ leak: added at
}

function publish({ topic, title }) {
  let reached = 0;
  for (const reader of subscribersByTopic.get(topic) ?? []) {
    if (reader.response.destroyed) continue;
    reader.response.write(`event: headline\ndata: ${JSON.stringify({ topic, title })}\n\n`);
    reader.delivered += 1;
    reached += 1;
  }
  return reached;
}

const readers = new Map();

function openFeed(response, topics) {
  const reader = { id: randomUUID(), response, delivered: 0, since: new Date() };
  readers.set(reader.id, reader);
  for (const topic of topics) subscribe(reader, topic);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`event: hello\ndata: ${reader.id}\n\n`);
  response.on('close', () => readers.delete(reader.id));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/feed') {
    openFeed(response, url.searchParams.getAll('topic'));
  } else if (url.pathname === '/headlines' && request.method === 'POST') {
    let text = '';
    for await (const chunk of request) text += chunk;
    response.end(JSON.stringify({ reached: publish(JSON.parse(text)) }));
  } else {
    response.end(JSON.stringify({ readers: readers.size, topics: [...subscribersByTopic.keys()] }));
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
