import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementSpans, memberSpans } from '#libs/json-text';
import { anApp, type AnApp } from '../support/an-app.js';
import { messageText } from '../support/json-texts.js';
import { sharedTexts } from '../support/shared-data.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

async function aConversation(messages: readonly string[]): Promise<string> {
  const { body } = await app.send('POST', '/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
  const path = `/v1/conversations/${String(body['id'])}`;
  const { status, text } = await app.send(
    'POST',
    `${path}/messages`,
    `{"messages":[${messages.join(',\n')}]}`,
  );
  expect(status, text).toBe(201);
  return path;
}

/** The texts of a member's elements, or of a member of each of them. */
function textsIn(json: string, list: string, member?: string): string[] {
  const at = memberSpans(json).find(({ key }) => key === list)!;
  return elementSpans(json, at.start).map((span) => {
    const { start, end } =
      member === undefined ? span : memberSpans(json, span.start).find(({ key }) => key === member)!;
    return json.slice(start, end);
  });
}

async function storedTexts(path: string): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: unknown = ''; typeof cursor === 'string';) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { text, body } = await app.send('GET', `${path}/messages?limit=200${query}`);
    all.push(...textsIn(text, 'data', 'message'));
    cursor = body['next_cursor'];
  }
  return all;
}

describe('messages come back byte for byte', () => {
  it('whatever JSON they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(messageText, { minLength: 1, maxLength: 5 }), async (messages) => {
        const path = await aConversation(messages);
        expect(await storedTexts(path)).toEqual(messages);
        const fork = await app.send('POST', `${path}/fork`);
        expect(await storedTexts(`/v1/conversations/${String(fork.body['id'])}`)).toEqual(messages);
        const context = await app.send('POST', `${path}/context`, {});
        expect(textsIn(context.text, 'messages')).toEqual(messages);
        const stateless = await app.send(
          'POST',
          '/v1/context',
          `{"messages":[${messages.join(',')}],"compress":false}`,
        );
        expect(textsIn(stateless.text, 'messages')).toEqual(messages);
      }),
      { numRuns: 100 },
    );
  });

  const corpus = ['toolbench', 'swe-agent', 'tau-bench-airline', 'pi-session'].flatMap((name) =>
    (sharedTexts(`conversations/${name}.jsonl`) ?? []).slice(0, 20),
  );
  it.skipIf(corpus.length === 0)('in recorded conversations', async () => {
    for (const line of corpus) {
      const messages = textsIn(line, 'messages');
      expect(await storedTexts(await aConversation(messages))).toEqual(messages);
    }
  });
});
