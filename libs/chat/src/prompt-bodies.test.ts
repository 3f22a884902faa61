import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementSpans, memberSpans } from '#libs/json-text';
import { PromptBodies } from './prompt-bodies.js';

/** Long enough for a body to be remembered. */
const long = { role: 'system', content: 'Be careful, señor 🙂. '.repeat(60) };
const ask = (content: string) => ({ role: 'user', content });

function read(bodies: PromptBodies, text: string) {
  return bodies.read(Buffer.from(text));
}

describe('bodies of one conversation', () => {
  it('share the messages that were sent before', () => {
    const bodies = new PromptBodies();
    const first = read(bodies, JSON.stringify({ model: 'm', messages: [long, ask('one')] }));
    const text = JSON.stringify({ model: 'm', messages: [long, ask('one'), ask('two')], stream: true });
    const second = read(bodies, text);
    const [before, after] = [messagesOf(first.value), messagesOf(second.value)];
    expect(after).toHaveLength(3);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(second.value).toEqual(JSON.parse(text));
    expect(second.text).toBe(text);
  });

  it.each([
    ['a changed message', `"messages":[${JSON.stringify(long)},{"role":"user","content":"other"}]}`],
    ['the same messages', `"messages":[${JSON.stringify(long)}]}`],
    ['a list given twice', `"messages":[${JSON.stringify(long)},{"role":"user"}],"messages":[]}`],
    ['white space', `"messages":[${JSON.stringify(long)} , {"role":"user"} ] , "n" : 1 }`],
    ['a list given twice before', `"messages":[1],"messages":[${JSON.stringify(long)},{"role":"user"}]}`],
  ])('read like any other: %s', (_, rest) => {
    const bodies = new PromptBodies();
    read(bodies, `{"a":1,"messages":[${JSON.stringify(long)}]}`);
    const text = `{"a":1,${rest}`;
    expect(read(bodies, text).value).toEqual(JSON.parse(text));
  });

  it.each([',]}', ',{"role":"user"}', '', ']', ',,1]}', '\u00a0,1]}', ',\u00a0]}', ']}}', '1]}', ',1]},'])(
    'are refused as any other when they go on with %j',
    (rest) => {
      const bodies = new PromptBodies();
      read(bodies, `{"messages":[${JSON.stringify(long)}]}`);
      expect(() => read(bodies, `{"messages":[${JSON.stringify(long)}${rest}`)).toThrow(SyntaxError);
    },
  );

  it('say what they say, and where, whatever was read before', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null));
    const message = fc.record({ role: fc.constant('user'), content: value });
    const turn = fc.record({
      added: fc.array(message, { maxLength: 3 }),
      kept: fc.nat(4),
      after: fc.dictionary(fc.string(), value, { maxKeys: 2 }),
      space: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 6 }), (turns) => {
        const bodies = new PromptBodies();
        let history: unknown[] = [long];
        for (const { added, kept, after, space } of turns) {
          history = [...history.slice(0, history.length - (kept === 0 ? 1 : 0)), ...added];
          const text = JSON.stringify({ model: 'm', messages: history, ...after }, null, space);
          const body = read(bodies, text);
          expect(body.value).toEqual(JSON.parse(text));
          expect(body.text).toBe(text);
          if (body.layout === undefined) continue;
          const members = memberSpans(text);
          expect(body.layout.members).toEqual(members);
          const list = members.find(({ key }) => key === 'messages');
          expect(body.layout.elements).toEqual(elementSpans(text, list?.start));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function messagesOf(value: unknown): readonly unknown[] {
  return (value as { messages: readonly unknown[] }).messages;
}
