// Uploads in parts: the client announces its parts, sends them one by one, and completes or cancels the upload.
import { createServer } from 'node:http';
import { Upload } from './upload.cjs';

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function route(request) {
  const [, collection, id, part] = request.url.split('/');
  if (collection !== 'uploads') return [404, {}];
  if (id === undefined) {
    if (request.method === 'GET') return [200, Upload.statistics()];
    const { name, parts } = JSON.parse((await readBody(request)).toString('utf8'));
    return [201, { id: Upload.begin(name, parts).id }];
  }
  const upload = Upload.find(id);
  if (upload === undefined) return [404, { error: 'no such upload' }];
  if (request.method === 'PUT') return [200, upload.receive(Number(part), await readBody(request))];
  if (request.method === 'DELETE') return [200, upload.cancel()];
  return [200, upload.complete()];
}

const server = createServer(async (request, response) => {
  try {
    const [status, body] = await route(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
