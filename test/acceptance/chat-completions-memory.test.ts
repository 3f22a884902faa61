import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completes, ScriptedProvider, type ReceivedPrompt } from '../support/scripted-provider.js';
import { sharedLines } from '../support/shared-data.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

interface Turn {
  readonly conversation: string;
  readonly session: number;
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
}

interface Question {
  readonly conversation: string;
  readonly question: string;
  readonly category_name: string;
  readonly evidence: readonly string[];
}

const turns = sharedLines('locomo/turns.jsonl') as readonly Turn[] | undefined;
const questions = sharedLines('locomo/questions.jsonl') as readonly Question[] | undefined;

let provider: ScriptedProvider;
let server: SpawnedServer;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
});

/** A client that acts for a user in a session. */
function clientOf(user: string, session: string): OpenAI {
  const defaultHeaders = { 'x-headroom-user-id': user, 'x-headroom-session-id': session };
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk', maxRetries: 0, defaultHeaders });
}

const say = (client: OpenAI, content: string) =>
  client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }] });

const remembering = (...memories: readonly object[]) =>
  completes(`Noted. <memory>${JSON.stringify({ memories })}</memory>`);

/** What is stored, once the server has stored it: memories are written after the answer was sent. */
async function stored(user: string): Promise<readonly string[]> {
  const response = await fetch(`${server.url}/v1/memories?user_id=${encodeURIComponent(user)}&limit=200`);
  const { data } = (await response.json()) as { data: { content: string }[] };
  return data.map(({ content }) => content);
}

/** The text of everything that the provider got as messages. */
function textOf({ messages }: ReceivedPrompt): string {
  return messages
    .map(({ content }) =>
      typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n'),
    )
    .join('\n');
}

describe('a memory over sessions', () => {
  it('is recalled for its user alone, and the client never sees how it came to be', async () => {
    const user = 'ada/1%';
    provider.answers(
      remembering({ content: 'Ada is allergic to walnuts', category: 'fact', importance: 0.9 }),
    );
    const first = await say(clientOf(user, 'monday'), 'I am allergic to walnuts, remember that.');
    expect(first.choices[0]?.message.content).toBe('Noted.');
    await expect.poll(() => stored(user)).toEqual(['Ada is allergic to walnuts']);

    await say(clientOf(user, 'friday'), 'Which nuts must I avoid, walnuts perhaps?');
    expect(textOf(provider.last.json())).toContain('Ada is allergic to walnuts');
    expect(provider.last.json().messages.at(-1)?.content).toMatch(
      /Which nuts must I avoid, walnuts perhaps\?$/,
    );

    await say(clientOf('ada/1', 'friday'), 'Which nuts must I avoid, walnuts perhaps?');
    expect(textOf(provider.last.json())).not.toContain('Ada is allergic');
  });

  it('is not recalled any more when a newer one on its subject took its place', async () => {
    const client = clientOf('grace', 's');
    provider.answers(remembering({ content: 'Grace works at Initech', subject: 'employer' }));
    await say(client, 'I work at Initech.');
    await expect.poll(() => stored('grace')).toEqual(['Grace works at Initech']);
    provider.answers(remembering({ content: 'Grace works at Globex', subject: 'employer' }));
    await say(client, 'I work at Globex now.');
    await expect.poll(() => stored('grace')).toEqual(['Grace works at Globex']);

    await say(clientOf('grace', 'later'), 'Where does Grace work?');
    const sent = textOf(provider.last.json());
    expect(sent).toContain('Grace works at Globex');
    expect(sent).not.toContain('Initech');
  });

  it('is learned from a stream too, of which the client sees everything but the memory block', async () => {
    provider.answers(remembering({ content: 'Lin keeps bees' }));
    const client = clientOf('lin', 's');
    const stream = client.chat.completions.stream({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'I keep bees' }],
    });
    expect(await stream.finalContent()).toBe('Noted.');
    await expect.poll(() => stored('lin')).toEqual(['Lin keeps bees']);
  });

  it('takes no part without a user, nor with bypass', async () => {
    const answer = 'Noted. <memory>{"memories":[]}</memory>';
    provider.answers(completes(answer), completes(answer));
    const anonymous = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk', maxRetries: 0 });
    expect((await say(anonymous, 'Hi')).choices[0]?.message.content).toBe(answer);
    const bypassing = new OpenAI({
      baseURL: `${server.url}/v1`,
      apiKey: 'sk',
      defaultHeaders: { 'x-headroom-user-id': 'ada/1%', 'x-headroom-bypass': 'true' },
    });
    expect((await say(bypassing, 'walnuts')).choices[0]?.message.content).toBe(answer);
    expect(provider.last.json().messages).toEqual([{ role: 'user', content: 'walnuts' }]);
  });
});

describe.skipIf(turns === undefined || questions === undefined)('a LoCoMo conversation, turn by turn', () => {
  const SESSIONS = 4;
  const USER = 'conv-26';
  const replayed = (turns ?? []).filter(
    ({ conversation, session }) => conversation === USER && session <= SESSIONS,
  );

  it('is remembered: what was said in earlier sessions is before the model when it is asked for', async () => {
    for (const turn of replayed) {
      const content = `${turn.speaker}: ${turn.text}`;
      provider.answers(remembering({ content }));
      await say(clientOf(USER, `session-${turn.session}`), content);
    }
    await expect.poll(async () => (await stored(USER)).length, { timeout: 20_000 }).toBe(replayed.length);

    const said = new Map(replayed.map((turn) => [turn.dia_id, turn.text]));
    const asked = (questions ?? []).filter(
      ({ conversation, category_name, evidence }) =>
        conversation === USER &&
        category_name === 'single-hop' &&
        evidence.length > 0 &&
        evidence.every((id) => said.has(id)),
    );
    let recalled = 0;
    for (const { question, evidence } of asked) {
      await say(clientOf(USER, 'session-5'), question);
      const sent = textOf(provider.last.json());
      if (evidence.every((id) => sent.includes(said.get(id) ?? '\u0000'))) recalled++;
    }
    console.info(
      `LoCoMo ${USER}, sessions 1–${SESSIONS}: evidence recalled for ${recalled} of ${asked.length} questions`,
    );
    expect(asked.length).toBeGreaterThan(5);
    // The floor: BM25 over single turns finds 55.8 % of LoCoMo's evidence among its first five. The questions are few.
    expect(recalled / asked.length).toBeGreaterThan(0.5);
  });
});
