import { textOf, type Caller, type ContentPart, type Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type { InjectOutcome, InjectRequest, SearchHit } from '../contract.js';
import type { MemoryService } from '../memory-service.js';
import { EXTRACTION_INSTRUCTION, withExtractionInstruction } from './extraction-instruction.js';
import { blockItems, renderBlock, renderItem, withoutBlocks } from './memory-block.js';

const DEFAULT_TOP_K = 5;
const DEFAULT_MAX_TOKENS = 1_024;
const SEPARATOR = '\n\n';
/** Tokens never reach over this much text that is the same before and after a change. */
const COUNTED_CHARACTERS = 2_000;

/**
 * Puts what is remembered in front of the last message that the user wrote, and asks the model for new memories at
 * the end of the system prompt.
 *
 * Provider prompt caches match by prefix. The system prompt only ever grows by the same bytes; earlier messages stay
 * as the client sent them, so all that stands before the last user message is the same from call to call of one
 * turn; within a block the memories stand in the order of their making, whatever their scores, so a turn's tool
 * loop repeats the same block. What an earlier turn recalled is not shown again on its message: the client has no
 * such block in its history, and a block of another turn's memories would only be paid for twice.
 */
export class MemoryInjector {
  constructor(private readonly memories: MemoryService) {}

  async inject(caller: Caller, request: InjectRequest): Promise<InjectOutcome> {
    const counter = await loadTokenCounter(request.model);
    const target = lastWrittenByUser(request.messages);
    const recalled = target === null ? [] : await this.#recall(caller, request, target, counter);
    const withBlock =
      target === null || recalled.length === 0
        ? request.messages
        : request.messages.with(
            target,
            withFront(request.messages[target], renderBlock(contentsOf(recalled))),
          );
    const messages = request.extract === false ? withBlock : askForMemories(withBlock);
    return {
      messages,
      memories: recalled.map(({ memory, score }) => ({ id: memory.id, content: memory.content, score })),
      tokensAdded: tokensAdded(request.messages, messages, counter),
    };
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
  const isSystem = (message: Message): boolean => message.role === 'system' || message.role === 'developer';
  const asked = messages.some(
    (message) => isSystem(message) && textOf(message).includes(EXTRACTION_INSTRUCTION),
  );
  if (asked) return messages;
  const index = messages.findIndex(isSystem);
  const system = messages[index];
  if (system === undefined) return [{ role: 'system', content: EXTRACTION_INSTRUCTION }, ...messages];
  const content = Array.isArray(system.content)
    ? [...(system.content as readonly ContentPart[]), { type: 'text', text: EXTRACTION_INSTRUCTION }]
    : withExtractionInstruction(textOf(system));
  return messages.with(index, { ...system, content });
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
