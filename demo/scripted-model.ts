import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoModel } from './demo-model.js';

const RETRIEVE_CALL = 'call_retrieve';

interface ReceivedMessage {
  readonly role: string;
  readonly tool_call_id?: string;
  readonly content?: string | null;
}

interface Reply {
  readonly content?: string;
  readonly retrieve?: { readonly hash: string; readonly query: string };
}

/** A model with a script: it reads what it is sent over HTTP and answers as a cooperative model would. */
export async function startScriptedModel(): Promise<DemoModel> {
  let recalled: string | null = null;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { messages } = JSON.parse(body) as { messages: ReceivedMessage[] };
      recalled = memoryBlock(messages);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(completion(reply(messages))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name: 'gpt-4o',
    description: 'a scripted model over real HTTP (set OPENAI_API_KEY or OLLAMA_URL for a real one)',
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: 'sk-scripted',
    lastRecalled: () => recalled,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function reply(messages: readonly ReceivedMessage[]): Reply {
  const question = messages.findLast((message) => message.role === 'user')?.content ?? '';
  const last = messages.at(-1);
  if (question.includes('what went wrong')) {
    const marker = /hash=([a-f0-9]{24})/.exec(messages.map((message) => message.content ?? '').join('\n'));
    const retrieved = last?.tool_call_id === RETRIEVE_CALL;
    if (marker?.[1] !== undefined && !retrieved) {
      return { retrieve: { hash: marker[1], query: 'checkout request at 09:04:23 OK' } };
    }
    return {
      content: answer(
        'Checkout failed because the TLS certificate of payments-db had expired (ERR_CERT_EXPIRED).',
        {
          content: 'Incident 4711 was caused by the expired TLS certificate of payments-db',
          category: 'insight',
          importance: 0.9,
          subject: 'incident 4711 cause',
        },
        {
          content: 'Ada prefers Go for services',
          category: 'preference',
          importance: 0.8,
          subject: 'preferred language',
        },
        { content: 'Ada works at Initech', category: 'fact', importance: 0.7, subject: 'employer' },
      ),
    };
  }
  if (question.includes('I work at Globex')) {
    return {
      content: answer('Congratulations! I will remember that.', {
        content: 'Ada works at Globex',
        category: 'fact',
        importance: 0.8,
        subject: 'employer',
      }),
    };
  }
  const known = memoryBlock(messages) ?? '';
  const language = known.includes('prefers Go') ? 'Go, since you prefer it' : 'any language you like';
  const employer = /works at (\w+)/.exec(known)?.[1] ?? 'your company';
  return { content: `I will write the certificate check for ${employer} in ${language}.` };
}

function answer(text: string, ...memories: readonly object[]): string {
  return `${text}\n<memory>${JSON.stringify({ memories })}</memory>`;
}

function memoryBlock(messages: readonly ReceivedMessage[]): string | null {
  const text = messages
    .map((message) => (typeof message.content === 'string' ? message.content : ''))
    .join('\n');
  return /<context source="memory">\n[\s\S]*?<\/context>/.exec(text)?.[0] ?? null;
}

function completion({ content, retrieve }: Reply): object {
  const message =
    retrieve === undefined
      ? { role: 'assistant', content }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: RETRIEVE_CALL,
              type: 'function',
              function: { name: 'headroom_retrieve', arguments: JSON.stringify(retrieve) },
            },
          ],
        };
  return {
    id: 'chatcmpl-demo',
    object: 'chat.completion',
    created: 0,
    model: 'gpt-4o',
    choices: [{ index: 0, message, finish_reason: retrieve === undefined ? 'stop' : 'tool_calls' }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
