import { beforeEach, describe, expect, it } from 'vitest';
import { aCaller } from '../../../test/support/callers.js';
import {
  InMemoryConversationStore,
  InMemoryFrozenPrefixStore,
} from '../../../test/support/conversation-stores.js';
import { createConversation } from '../../../test/support/conversations.js';
import { anOriginalStore } from '../../../test/support/original-stores.js';
import {
  Compressor,
  compressMessages,
  CompressionRunner,
  type CompressionOutcome,
  type CompressionRequest,
  type CompressionSettings,
} from '#libs/compression';
import { ContextWindow } from '#libs/context-window';
import { textOf, type Message } from '#libs/kernel';
import { loadTokenCounter, ModelRegistry } from '#libs/tokens';
import {
  ContextBuilder,
  type ContextRequest,
  type ExactContext,
  FrozenContexts,
  type FrozenPrefixStore,
  type MemoryRecall,
} from './index.js';

/** A pipeline that decides otherwise with every turn, as one that learns or has other settings by then. */
class FickleRunner extends CompressionRunner {
  config: CompressionSettings = {};
  isLate = false;
  #ticks = 0;
  /** Runs before the pipeline does, once. */
  meanwhile: (() => Promise<unknown>) | undefined;

  override async run(request: CompressionRequest): Promise<CompressionOutcome> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    const now = this.isLate ? () => (this.#ticks += 1e9) : undefined;
    const asked = { ...request, config: this.config };
    return compressMessages(asked, await loadTokenCounter(request.model), { now });
  }
}

const caller = aCaller();
const rows = (tag: string): string =>
  JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, host: `${tag}-${id}`, status: 'ok' })));
const turn = (tag: string): Message[] => [
  { role: 'user', content: `List the hosts of ${tag}` },
  { role: 'tool', tool_call_id: `call_${tag}`, content: rows(tag) },
  { role: 'assistant', content: `There are 200 in ${tag}, I looked at each of them for you.` },
];

let runner: FickleRunner;
let contexts: FrozenContexts;
let prefixes: FrozenPrefixStore;
let recalled: string | undefined;

const recall: MemoryRecall = {
  inject: (_caller, { messages }) => {
    const at = messages.findLastIndex(({ role }) => role === 'user');
    const last = messages[at];
    if (last === undefined || recalled === undefined) return Promise.resolve({ messages });
    const content = `<context>${recalled}</context>\n\n${textOf(last)}`;
    return Promise.resolve({ messages: messages.with(at, { ...last, content }) });
  },
};

beforeEach(async () => {
  const { store, clock } = anOriginalStore();
  runner = new FickleRunner();
  recalled = undefined;
  const conversations = new InMemoryConversationStore();
  await createConversation(conversations, caller, clock, 'conv_1');
  prefixes = new InMemoryFrozenPrefixStore(conversations);
  const window = new ContextWindow(store);
  const builder = new ContextBuilder(new Compressor(runner, store), window, new ModelRegistry(), recall);
  contexts = new FrozenContexts(builder, prefixes);
});

const requestOf = (messages: readonly Message[], more: Partial<ContextRequest> = {}): ContextRequest => ({
  messages,
  model: 'gpt-4o',
  outputBufferTokens: 4000,
  strategy: 'rolling_window',
  keepLastTurns: 1,
  compress: true,
  ...more,
});

const build = (messages: readonly Message[], more?: Partial<ContextRequest>): Promise<ExactContext> =>
  contexts.build(caller, requestOf(messages, more), 'conv_1');

const OTHERWISE: CompressionSettings = { smartCrusher: { maxItemsAfterCrush: 60 } };

describe('the contexts of a conversation', () => {
  it('keep the bytes of what was given, though it would be decided otherwise now', async () => {
    const first = await build(turn('a'));
    runner.config = OTHERWISE;
    const second = await build([...turn('a'), ...turn('b')]);
    expect(second.texts.slice(0, 3)).toEqual(first.texts);
    const anew = await contexts.build(caller, requestOf([...turn('a'), ...turn('b')]));
    expect(anew.texts[1]).not.toBe(first.texts[1]);
    expect(second.texts[4]).toBe(anew.texts[4]);
    runner.config = {};
    const third = await build([...turn('a'), ...turn('b'), ...turn('c')]);
    expect(third.texts.slice(0, 6)).toEqual(second.texts);
  });

  it('begin anew for another model, and go on where it is the first one again', async () => {
    const first = await build(turn('a'));
    runner.config = OTHERWISE;
    const other = await build(turn('a'), { model: 'gpt-4o-mini' });
    expect(other.texts[1]).not.toBe(first.texts[1]);
    expect((await build(turn('a'))).texts).toEqual(first.texts);
  });

  it('begin anew after a reset', async () => {
    const first = await build(turn('a'));
    runner.config = OTHERWISE;
    await prefixes.reset(caller, 'conv_1');
    expect((await build(turn('a'))).texts[1]).not.toBe(first.texts[1]);
  });

  it('agree where two are built at once', async () => {
    let winner: readonly string[] = [];
    runner.meanwhile = async () => {
      runner.config = OTHERWISE;
      winner = (await build(turn('a'))).texts;
      runner.config = {};
    };
    expect((await build(turn('a'))).texts).toEqual(winner);
  });

  it('compress later what there was no time for', async () => {
    runner.isLate = true;
    expect((await build(turn('a'))).messages).toEqual(turn('a'));
    runner.isLate = false;
    const { texts } = await build(turn('a'));
    expect(texts[1]).not.toBe(JSON.stringify(turn('a')[1]));
    runner.isLate = true;
    expect((await build(turn('a'))).texts).toEqual(texts);
  });

  it('freeze no memory that was recalled', async () => {
    recalled = 'Ann likes tea';
    const memories = { userId: 'ann' };
    const first = await build(turn('a'), { memories });
    expect(first.texts[0]).toContain('tea');
    const second = await build([...turn('a'), ...turn('b')], { memories });
    expect(second.texts[0]).toBe(JSON.stringify(turn('a')[0]));
    expect(second.texts.slice(1, 3)).toEqual(first.texts.slice(1, 3));
    expect(second.texts[3]).toContain('tea');
  });
});

describe('what was left out of a context', () => {
  const talk = (turns: number): Message[] =>
    Array.from({ length: turns }, (_, i): Message[] => [
      { role: 'user', content: `Question ${i}: ${'words that were asked '.repeat(10)}` },
      { role: 'assistant', content: `Answer ${i}: ${'words that were said '.repeat(10)}` },
    ]).flat();

  it('stays out, and the rest keeps its bytes, while the budget is the same', async () => {
    const first = await build(talk(10), { tokenBudget: 620 });
    expect(first.dropped.length).toBeGreaterThan(0);
    const short: Message[] = [{ role: 'user', content: 'Yes?' }];
    const room = first.budget - first.tokensAfter;
    expect(room).toBeGreaterThan(10);
    const second = await build([...talk(10), ...short], { tokenBudget: 620 });
    expect(second.dropped.map(({ index }) => index)).toEqual(first.dropped.map(({ index }) => index));
    expect(second.texts.slice(0, first.texts.length)).toEqual(first.texts);
  });

  it('comes back where the budget has grown', async () => {
    await build(talk(10), { tokenBudget: 600 });
    const { dropped } = await build(talk(10), { tokenBudget: 5_000 });
    expect(dropped).toEqual([]);
  });

  it('is remembered without compression, too', async () => {
    await build(talk(10), { tokenBudget: 600, compress: false });
    const { fitting, dropped, given } = await prefixes.find(caller, {
      conversationId: 'conv_1',
      lineage: JSON.stringify(['gpt-4o', false]),
    });
    expect(fitting).toContain('600');
    expect(dropped.length).toBeGreaterThan(0);
    expect(given.size).toBe(0);
  });
});

describe('a context as text', () => {
  it('keeps every byte that compression has no reason to change', async () => {
    const sent = [
      '{ "role":"user", "content":"\\u00e9", "n":1.0, "2":0, "1":12345678901234567890 }',
      `{"tool_call_id":"c", "x" : 1e400, "role":"tool","content":${JSON.stringify(rows('a'))}}`,
      '{"role":"user","content":"And?"}',
    ];
    const messages = sent.map((text) => JSON.parse(text) as Message);
    for (let round = 0; round < 2; round++) {
      const { texts, messages: given } = await build(messages, { sentTexts: sent });
      expect(texts[0]).toBe(sent[0]);
      expect(texts[1]).toBe(sent[1]!.replace(JSON.stringify(rows('a')), JSON.stringify(given[1]?.content)));
      expect(texts[1]).not.toBe(sent[1]);
    }
  });
});
