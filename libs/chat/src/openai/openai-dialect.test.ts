import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RETRIEVE_TOOL } from '#libs/ccr';
import { OpenAiDialect } from './openai-dialect.js';

const dialect = new OpenAiDialect();
const OFFERS = [
  { name: 'memory_list', description: 'What is known.', parameters: { type: 'object', properties: {} } },
  RETRIEVE_TOOL,
];

/** JSON that looks like what a provider sends, and is wrong in any place. */
const almost = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      null,
      '',
      'headroom_retrieve',
      'tool_calls',
      'stop',
      'function',
      '<memory>',
      0,
      1,
      -1,
      true,
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'choices',
        'delta',
        'message',
        'messages',
        'content',
        'role',
        'tool_calls',
        'function',
        'name',
        'arguments',
        'index',
        'id',
        'usage',
        'finish_reason',
        'tools',
        '__proto__',
      ),
      tie('value'),
      { maxKeys: 6 },
    ),
  ),
})).value;

describe('what a provider sends', () => {
  it('never breaks the reading of a whole answer, and comes back as it was when nothing is to change', () => {
    fc.assert(
      fc.property(almost, (value) => {
        const text = JSON.stringify({ choices: [value, { message: value }] }, null, 1);
        const answer = dialect.readAnswer(text);
        const texts = answer?.choices.map((choice) => choice.text) ?? [];
        expect(dialect.editAnswer(text, { texts, isHidden: () => false })).toBe(text);
        JSON.parse(dialect.editAnswer(text, { texts, isHidden: () => true, usage: { prompt_tokens: 1 } }));
      }),
      { numRuns: 500 },
    );
  });

  it('never breaks a stream', () => {
    fc.assert(
      fc.property(fc.array(almost, { maxLength: 6 }), fc.boolean(), (values, continues) => {
        const stream = dialect.openStream({
          ourNames: ['headroom_retrieve'],
          answersCalls: true,
          mayGoOn: true,
          continuesId: continues ? 'first' : undefined,
        });
        const events = values.flatMap((value) => [value, { choices: [{ delta: value }] }]);
        const out = events.flatMap((value) => {
          const data = JSON.stringify(value);
          return stream.push({ data, raw: Buffer.from(`data: ${data}\n\n`) });
        });
        out.push(...stream.end().rest);
        for (const piece of out) expect(Buffer.from(piece).toString()).toMatch(/^data: .*\n\n$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a client sends', () => {
  it('is a prompt or goes through as it is', () => {
    fc.assert(
      fc.property(almost, almost, (body, messages) => {
        for (const value of [body, { messages }, { messages: [messages] }]) {
          const text = JSON.stringify(value);
          const prompt = dialect.readPrompt(JSON.parse(text));
          if (prompt === null) continue;
          const edit = {
            before: prompt.messages,
            after: prompt.messages.slice(1),
            offers: prompt.acceptsTool ? OFFERS : [],
          };
          const sent = JSON.parse(dialect.withPrompt(text, edit)) as { messages: unknown };
          expect(sent.messages).toEqual(JSON.parse(JSON.stringify(edit.after)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has our tools put in behind its own, and taken out again without a trace', () => {
    const list = fc.constantFrom(
      '',
      ',"tools":[{"type":"function","function":{"name":"book"}}]',
      ',"tools": [ {"a":1.0} ,2 ]',
    );
    fc.assert(
      fc.property(list, fc.constantFrom('', ' '), (tools, space) => {
        const text = `{"messages":[]${tools}${space}}`;
        const edit = { before: [], after: [], offers: OFFERS };
        const offered = dialect.withPrompt(text, edit);
        const names = (JSON.parse(offered) as { tools: { function?: { name: string } }[] }).tools;
        expect(names.slice(-2).map((tool) => tool.function?.name)).toEqual(OFFERS.map(({ name }) => name));
        expect(dialect.withoutOffers(offered, OFFERS)).toBe(text);
      }),
    );
  });

  it('gets our tools in place of an empty list, and the provider never an empty list', () => {
    const edit = { before: [], after: [], offers: OFFERS };
    for (const tools of ['[]', 'null']) {
      for (const body of [`{"messages":[],"tools":${tools}}`, `{ "tools":${tools} , "messages":[]}`]) {
        const offered = dialect.withPrompt(body, edit);
        expect(JSON.parse(offered)).toMatchObject({ tools: OFFERS.map((tool) => ({ function: tool })) });
        expect(JSON.parse(dialect.withoutOffers(offered, OFFERS))).toEqual({ messages: [] });
      }
    }
  });
});
