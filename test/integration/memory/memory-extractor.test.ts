import { describe, expect, it } from 'vitest';
import { aMemoryRoom } from '../../support/memory-room.js';

const scope = { userId: 'anna', sessionId: 'morning', agentId: 'coder' };

function block(...memories: object[]): string {
  return `<memory>${JSON.stringify({ memories })}</memory>`;
}

describe('extracting memories', () => {
  it('strips the block and stores what it says for the user, in whatever session it was said', async () => {
    const { extractor, caller, memories } = aMemoryRoom();
    const source = { conversationId: 'conv_1', messageIndex: 7 };
    const content = `Noted.\n\n${block({ content: 'Prefers Go', category: 'PREFERENCE', importance: 0.8, subject: 'language', entities: ['Go'] })}`;
    const outcome = await extractor.extract(caller, { content, scope, source });
    expect(outcome).toMatchObject({ content: 'Noted.', superseded: [], rejected: [], malformed: 0 });
    expect(outcome.stored).toMatchObject([
      {
        scope: { userId: 'anna' },
        content: 'Prefers Go',
        category: 'preference',
        importance: 0.8,
        subject: 'language',
        entities: ['Go'],
        source: { ...source, agent: 'coder' },
      },
    ]);
    const evening = { userId: 'anna', sessionId: 'evening' };
    expect((await memories.search(caller, { scope: evening, query: 'go' })).hits).toHaveLength(1);
  });

  it('supersedes what was known on the same subject', async () => {
    const { extractor, caller } = aMemoryRoom();
    const say = (content: string) =>
      extractor.extract(caller, { content: block({ content, subject: 'employer' }), scope });
    const first = await say('Works at Google');
    const second = await say('Works at Anthropic');
    expect(second.superseded).toEqual([first.stored[0]?.id]);
  });

  it('lists what it refuses with the reason, and never repeats a secret', async () => {
    const { extractor, caller } = aMemoryRoom();
    const secret = `ghp_${'a1'.repeat(20)}`;
    const content = block(
      { content: `token ${secret}` },
      { content: 'x', importance: 7 },
      { content: 'fine' },
      { category: 'fact' },
    );
    const outcome = await extractor.extract(caller, { content, scope });
    expect(outcome.stored.map((memory) => memory.content)).toEqual(['fine']);
    expect(outcome.rejected.map(({ content: text }) => text).sort()).toEqual(['', '[redacted]', 'x']);
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  it('says a thing twice and stores it once', async () => {
    const { extractor, caller } = aMemoryRoom();
    const content = block({ content: 'Prefers Go' }) + block({ content: 'Prefers Go' });
    const { stored, duplicates } = await extractor.extract(caller, { content, scope });
    expect([stored.length, duplicates.length]).toEqual([1, 1]);
  });

  it('strips malformed blocks, stores nothing of them and counts them', async () => {
    const { extractor, caller, memories } = aMemoryRoom();
    const content = 'a <memory>not json</memory> <memory>{"memories":[{"content":"cut off"}]}';
    const outcome = await extractor.extract(caller, { content, scope });
    expect(outcome).toMatchObject({ content: 'a', stored: [], malformed: 2 });
    expect(extractor.malformedBlocks(caller)).toBe(2);
    expect(extractor.malformedBlocks({ ...caller, tenantId: 'tenant-b' })).toBe(0);
    expect((await memories.stats(caller, { userId: 'anna' })).total).toBe(0);
  });

  it('keeps a key inside its users', async () => {
    const { extractor, caller } = aMemoryRoom();
    const stranger = { ...caller, users: ['bert'] };
    await expect(extractor.extract(stranger, { content: 'x', scope })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
