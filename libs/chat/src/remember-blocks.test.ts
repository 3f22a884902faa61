import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BODY,
  DONE,
  chunk,
  completion,
  json,
  sse,
  textOfStream,
} from '../../../test/support/chat-answers.js';
import { ScriptedChat, caller, scope } from '../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

describe('what the model wants remembered', () => {
  const noting = (note: string) => json(completion({ content: `ok<memory>${note}</memory>` }));

  it('is stored before the same user’s next recall, and not before the answer is given', async () => {
    const known: string[][] = [];
    chat.recall = (messages) => {
      known.push([...chat.remembered]);
      return messages;
    };
    chat.provider.script = [noting('first'), noting('second')];
    const request = {
      url: '',
      headers: {},
      mode: 'optimize',
      scope,
      signal: new AbortController().signal,
    } as const;
    await chat.turns.take(caller, { ...request, body: Buffer.from(BODY) });
    expect(chat.remembered).toEqual([]);
    await chat.turns.take(caller, { ...request, body: Buffer.from(BODY) });
    await chat.pending.drain();
    expect(known).toEqual([[], ['first']]);
    expect(chat.remembered).toEqual(['first', 'second']);
  });
});

describe('a whole answer with a memory block in it', () => {
  it('keeps its bytes, but for the memory block and the white space around it', async () => {
    const answer =
      '{ "id":"c", "choices":[ {"index":0,"message":{"role":"assistant","content":"Hi. <memory>{}</memory> "},"logprobs":null,"x":1.0} ] }';
    chat.provider.script = [json(answer)];
    const { text } = await chat.take(BODY, { scope });
    expect(text).toBe(answer.replace(' <memory>{}</memory> ', ''));
    expect(chat.remembered).toEqual(['{}']);
  });

  it('is untouched without a user', async () => {
    const answer = JSON.stringify(completion({ content: 'Hi. <memory>{}</memory>' }));
    chat.provider.script = [json(answer)];
    expect((await chat.take(BODY)).text).toBe(answer);
    expect(chat.remembered).toEqual([]);
  });
});

describe('a streamed answer with a memory block in it', () => {
  const content = 'Hello! <memory>{"memories":[]}</memory> Bye <memor <b>x</b>';
  const shown = 'Hello!Bye <memor <b>x</b>';

  it('shows the same text however its bytes and its words are cut, without the memory block', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (words, sizes) => {
        chat.provider.received.length = chat.remembered.length = 0;
        const events = cutText(content, words).map((text) => chunk({ content: text }));
        const stream = Buffer.from([...events, chunk({}, { finish_reason: 'stop' }), DONE].join(''));
        chat.provider.script = [sse(cutBytes(stream, sizes))];
        const { text } = await chat.take(BODY, { scope });
        expect(textOfStream(text)).toEqual([shown]);
        expect(text).not.toContain('memories');
        expect(text.endsWith(DONE)).toBe(true);
        expect(chat.remembered).toEqual(['{"memories":[]}']);
      }),
      { numRuns: 60 },
    );
  });

  it('strips each alternative answer by itself', async () => {
    chat.provider.script = [
      sse([
        chunk({ content: 'a<mem' }, {}, 0),
        chunk({ content: 'b<memory>x' }, {}, 1),
        chunk({ content: 'ber' }, {}, 0),
        chunk({ content: '</memory>c' }, {}, 1),
        DONE,
      ]),
    ];
    expect(textOfStream((await chat.take(BODY, { scope })).text)).toEqual(['a<member', 'bc']);
  });
});

function cutText(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return [...parts, text.slice(at)].filter((part) => part !== '');
}

function cutBytes(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...parts, bytes.subarray(at)];
}
