// The least a proxy can do: read the request, send it on, stream the answer back.
import { Agent, createServer, request as send } from 'node:http';

const upstream = new URL(process.env.UPSTREAM);
const agent = new Agent({ keepAlive: true });

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const headers = { ...request.headers, host: upstream.host, 'content-length': body.length };
    const outgoing = send(
      {
        host: upstream.hostname,
        port: upstream.port,
        path: request.url,
        method: request.method,
        headers,
        agent,
      },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
