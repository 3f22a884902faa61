import { textOf, type Caller, type ContentPart, type Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type { InjectOutcome, InjectRequest, SearchHit } from '../contract.js';
import type { MemoryService } from '../memory-service.js';
import { EXTRACTION_INSTRUCTION } from './extraction-instruction.js';
import { blockItems, renderBlock, renderItem, withoutBlocks } from './memory-block.js';

const DEFAULT_TOP_K = 5;
const DEFAULT_MAX_TOKENS = 1_024;
const SEPARATOR = '\n\n';
/** Where recalled memories stand: in front of the last user message, or at the end of the system prompt. */
export const MEMORY_PLACEMENTS = ['user', 'system'] as const;
export type MemoryPlacement = (typeof MEMORY_PLACEMENTS)[number];

/** Tokens never reach over this much text that is the same before and after a change. */
const COUNTED_CHARACTERS = 2_000;

/**
 * Puts what is remembered in front of the last message that the user wrote, or behind the system prompt, and asks the
 * model for new memories at the end of the system prompt.
 *
 * Provider prompt caches match by prefix. The system prompt only ever grows by the same bytes; earlier messages stay
 * as the client sent them, so all that stands before the last user message is the same from call to call of one
 * turn; within a block the memories stand in the order of their making, whatever their scores, so a turn's tool
 * loop repeats the same block. What an earlier turn recalled is not shown again on its message: the client has no
 * such block in its history, and a block of another turn's memories would only be paid for twice.
 */
export class MemoryInjector {
  constructor(
    private readonly memories: MemoryService,
    private readonly placement: MemoryPlacement = 'user',
  ) {}

  async inject(caller: Caller, request: InjectRequest): Promise<InjectOutcome> {
    const counter = await loadTokenCounter(request.model);
    const target = lastWrittenByUser(request.messages);
    const recalled = target === null ? [] : await this.#recall(caller, request, target, counter);
    // The instruction comes before a block in the system prompt: it stays the same when the block does not.
    const asking = request.extract === false ? request.messages : askForMemories(request.messages);
    const messages = recalled.length === 0 ? asking : this.#withBlock(asking, contentsOf(recalled));
    return {
      messages,
      memories: recalled.map(({ memory, score }) => ({ id: memory.id, content: memory.content, score })),
      tokensAdded: tokensAdded(request.messages, messages, counter),
    };
  }

  #withBlock(messages: readonly Message[], contents: readonly string[]): readonly Message[] {
    const block = renderBlock(contents);
    if (this.placement === 'system') return withSystemTail(messages, block);
    const target = lastWrittenByUser(messages);
    return target === null ? messages : messages.with(target, withFront(messages[target], block));
  }

  /** What to add to the message at `target`, best first: not yet shown in the messages, and within the budget. */
  async #recall(
    caller: Caller,
    request: InjectRequest,
    target: number,
    counter: TokenCounter,
  ): Promise<SearchHit[]> {
    const { scope, topK = DEFAULT_TOP_K, maxTokens = DEFAULT_MAX_TOKENS } = request;
    const query = writtenText(request.messages[target]);
    const { hits } = await this.memories.search(caller, { scope, query, topK }, counter);
    const shown = new Set(request.messages.flatMap((message) => blockItems(textOf(message))));
    const taken: SearchHit[] = [];
    for (const hit of hits) {
      const item = renderItem(hit.memory.content);
      if (shown.has(item)) continue;
      const block = renderBlock(contentsOf([...taken, hit])) + SEPARATOR;
      if (counter.countText(block) > maxTokens) continue;
      shown.add(item);
      taken.push(hit);
    }
    return taken;
  }
}

/** Ids sort by creation, so a memory's place in a block does not depend on the query. */
function contentsOf(hits: readonly SearchHit[]): string[] {
  return [...hits].sort((a, b) => (a.memory.id < b.memory.id ? -1 : 1)).map((hit) => hit.memory.content);
}

/** The index of the last user message with text of its own; tool results and memory blocks are not the user's. */
function lastWrittenByUser(messages: readonly Message[]): number | null {
  const index = messages.findLastIndex(
    (message) => message.role === 'user' && writtenText(message).trim() !== '',
  );
  return index === -1 ? null : index;
}

function writtenText(message: Message | undefined): string {
  return message === undefined ? '' : withoutBlocks(textOf(message));
}

/** String content grows in front; of parts the first text part gets a part before it (tool results must stay first). */
function withFront(message: Message | undefined, block: string): Message {
  if (message === undefined) throw new RangeError('There is no message to put a block in front of.');
  if (!Array.isArray(message.content)) {
    return { ...message, content: block + SEPARATOR + textOf(message) };
  }
  const parts = message.content as readonly ContentPart[];
  const resultsEnd = parts.findLastIndex((part) => part.type === 'tool_result') + 1;
  return { ...message, content: parts.toSpliced(resultsEnd, 0, { type: 'text', text: block + SEPARATOR }) };
}

function askForMemories(messages: readonly Message[]): readonly Message[] {
  const asked = messages.some(
    (message) => isSystem(message) && textOf(message).includes(EXTRACTION_INSTRUCTION),
  );
  if (asked) return messages;
  return withSystemTail(messages, EXTRACTION_INSTRUCTION);
}

/** A further part of a system prompt of parts; a system prompt of its own where there is none. */
function withSystemTail(messages: readonly Message[], text: string): readonly Message[] {
  const index = messages.findIndex(isSystem);
  const system = messages[index];
  if (system === undefined) return [{ role: 'system', content: text }, ...messages];
  const before = textOf(system);
  const content = Array.isArray(system.content)
    ? [...(system.content as readonly ContentPart[]), { type: 'text', text }]
    : before === ''
      ? text
      : before + SEPARATOR + text;
  return messages.with(index, { ...system, content });
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/**
 * What two lists of the same conversation differ in cost. Only changed messages are counted, and of a long text only
 * what stands next to the change: the rest gives the same tokens before and after.
 */
function tokensAdded(before: readonly Message[], after: readonly Message[], counter: TokenCounter): number {
  const added = after.length - before.length;
  return after.reduce((sum, message, i) => {
    const old = i < added ? undefined : before[i - added];
    if (old === message) return sum;
    if (old === undefined) return sum + counter.countMessage(message);
    const cut = sharedText(old);
    return sum + counter.countMessage(without(message, cut)) - counter.countMessage(without(old, cut));
  }, 0);
}

/** How much of a long string content is left out of counting: its end behind a block, its start before an instruction. */
function sharedText({ role, content }: Message): string {
  if (typeof content !== 'string' || content.length <= 2 * COUNTED_CHARACTERS) return '';
  return role === 'user' ? content.slice(COUNTED_CHARACTERS) : content.slice(0, -COUNTED_CHARACTERS);
}

function without(message: Message, cut: string): Message {
  const { role, content } = message;
  if (cut === '' || typeof content !== 'string') return message;
  return { ...message, content: role === 'user' ? content.slice(0, -cut.length) : content.slice(cut.length) };
}
