import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { incidentLog } from './incident.js';
import type { DemoModel } from './demo-model.js';
import type { DemoServer } from './server.js';

type ChatMessages = OpenAI.Chat.ChatCompletionMessageParam[];

const SYSTEM = 'You are a careful engineer who helps Ada.';

/** Tells the story and prints what happened on the way. */
export async function tellStory(model: DemoModel, start: () => Promise<DemoServer>): Promise<void> {
  let server = await start();
  try {
    say(`Two agents, one server, ${model.description}`);

    scene('Monday, session "monday". The researcher reads an incident log for Ada.');
    const log = incidentLog();
    await ask(server, model, { session: 'monday', agent: 'researcher' }, [
      { role: 'system', content: SYSTEM },
      {
        role: 'user',
        content:
          'I am Ada, I work at Initech and prefer Go for services. Find out what went wrong in incident 4711.',
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_logs',
            type: 'function',
            function: { name: 'read_logs', arguments: '{"incident":4711}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_logs', content: log },
    ]);
    await printRetrievals(server);
    await printMemories(server);

    scene('The researcher hands its evidence to the coder.');
    await handOver(server, log);

    scene('Later that day Ada mentions a change: a newer fact supersedes the older one.');
    await ask(server, model, { session: 'monday', agent: 'researcher' }, [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: 'By the way, I work at Globex now, no longer at Initech.' },
    ]);
    await printMemories(server);

    scene('The server is killed (kill -9) and started again.');
    await server.kill();
    server = await start();
    say('It is back on the same folder.');

    scene('Tuesday, session "tuesday". The coder, who never met Ada, is asked for the fix.');
    await ask(server, model, { session: 'tuesday', agent: 'coder' }, [
      { role: 'system', content: SYSTEM },
      {
        role: 'user',
        content: 'Which language should the certificate check be written in, and what is my employer called?',
      },
    ]);
    await printSavings(server);
  } finally {
    await server.kill();
  }
}

async function ask(
  server: DemoServer,
  model: DemoModel,
  scope: { readonly session: string; readonly agent: string },
  messages: ChatMessages,
): Promise<void> {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: model.apiKey, maxRetries: 0 });
  const { data, response } = await client.chat.completions
    .create(
      { model: model.name, messages },
      {
        headers: {
          'x-headroom-user-id': 'ada',
          'x-headroom-session-id': scope.session,
          'x-headroom-agent-id': scope.agent,
        },
      },
    )
    .withResponse();
  const header = (name: string) => response.headers.get(`x-headroom-${name}`) ?? '–';
  say(
    `request   ${header('tokens-before')} tokens → ${header('tokens-after')} tokens   (${header('transforms')})`,
  );
  const recalled = model.lastRecalled();
  if (recalled !== null) say(`recalled  ${recalled.replaceAll('\n', '\n          ')}`);
  say(`answer    ${data.choices[0]?.message.content ?? ''}`);
}

async function handOver(server: DemoServer, content: string): Promise<void> {
  const path = '/v1/shared-contexts/incident-4711/entries/evidence';
  const entry = await call<{ original_tokens: number; compressed_tokens: number; savings_percent: number }>(
    server,
    'PUT',
    path,
    {
      content,
      agent: 'researcher',
      user_id: 'ada',
    },
  );
  say(
    `put       ${entry.original_tokens} tokens → ${entry.compressed_tokens} tokens (${entry.savings_percent.toFixed(1)} % saved)`,
  );
  const full = await call<{ content: string }>(server, 'GET', `${path}?full=true`);
  const exact = digest(full.content) === digest(content) ? 'byte for byte the original' : 'NOT the original';
  say(`get full  ${full.content.length} characters, ${exact}`);
  const found = await call<{ content: string }>(
    server,
    'GET',
    `${path}?query=${encodeURIComponent('certificate expired')}`,
  );
  say(`get query ${found.content.slice(0, 160)}…`);
}

async function printRetrievals(server: DemoServer): Promise<void> {
  const stats = await call<{
    recent_retrievals: { hash: string; query: string | null; items_retrieved: number; total_items: number }[];
  }>(server, 'GET', '/v1/retrieve/stats');
  for (const { hash, query, items_retrieved: items, total_items: total } of stats.recent_retrievals) {
    say(
      `retrieved ${items} of ${total} items of ${hash}${query === null ? '' : ` for "${query}"`}, inside the turn`,
    );
  }
}

async function printMemories(server: DemoServer): Promise<void> {
  const list = await call<{ data: { content: string; category: string; subject: string | null }[] }>(
    server,
    'GET',
    '/v1/memories?user_id=ada&order=asc',
  );
  for (const memory of list.data) say(`remembers ${memory.content}  [${memory.category}]`);
}

async function printSavings(server: DemoServer): Promise<void> {
  const stats = await call<{ persistent_savings: { lifetime: { tokens_saved: number } } }>(
    server,
    'GET',
    '/stats',
  );
  scene(
    `In all ${stats.persistent_savings.lifetime.tokens_saved} tokens were not sent, and nothing was lost.`,
  );
}

async function call<T>(server: DemoServer, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const say = (text: string): void => {
  console.log(`  ${text}`);
};
const scene = (text: string): void => {
  console.log(`\n▸ ${text}`);
};
