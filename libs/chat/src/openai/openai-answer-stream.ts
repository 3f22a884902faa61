import { rewriteJson } from '#libs/json-text';
import type { ProviderUsage } from '../called-tool.js';
import type { AnswerStream, AnswerStreamOptions, StreamRound } from '../stream/answer-stream.js';
import { withData, type SseEvent } from '../stream/sse-splitter.js';
import { isObject, type JsonMembers } from './json-members.js';
import { ChoiceStream } from './choice-stream.js';
import { sumUsage } from './openai-usage.js';

const DONE = '[DONE]';

/**
 * Reads `chat.completion.chunk` events. Chunks that need no change leave byte for byte; held back are calls of our
 * tool, what may be the beginning of a memory block, in a round that goes on its finish and its usage, and the end of
 * an answer of which something must be kept before the client may come back with it.
 */
export class OpenAiAnswerStream implements AnswerStream {
  private readonly choices = new Map<number, ChoiceStream>();
  private usage: ProviderUsage | undefined;
  private id: string | undefined;
  private readonly held: Uint8Array[] = [];
  private template: JsonMembers = { object: 'chat.completion.chunk' };
  private failed = false;
  private done = false;

  constructor(private readonly options: AnswerStreamOptions) {}

  push(event: SseEvent): Uint8Array[] {
    const shown = this.read(event);
    if (!this.holdsEnd()) return shown;
    this.held.push(...shown);
    return [];
  }

  end(): { rest: Uint8Array[]; round: StreamRound } {
    const choices = [...this.choices.values()];
    return {
      rest: [...this.held, ...this.flush()],
      round: {
        calls: this.options.answersCalls && choices.length === 1 ? (choices[0]?.allCalls() ?? []) : [],
        goesOn: this.goesOn(),
        assistantText: choices[0]?.assistantText() ?? '{}',
        blocks: choices.flatMap((choice) => choice.blocks),
        usage: this.usage,
        id: this.id,
        failed: this.failed,
        complete: this.done || (choices.length > 0 && choices.every((choice) => choice.finished)),
        done: this.done,
      },
    };
  }

  private read(event: SseEvent): Uint8Array[] {
    if (event.data === DONE) {
      this.done = true;
      return this.goesOn() ? [] : [...this.flush(), event.raw];
    }
    const chunk = parse(event.data);
    if (!isObject(chunk)) return [event.raw];
    if (isObject(chunk['error'])) {
      this.failed = true;
      return [event.raw];
    }
    return this.filter(event, chunk);
  }

  /** What was held back of the texts and belongs to the client after all. */
  private flush(): Uint8Array[] {
    return [...this.choices.values()].flatMap((choice) => choice.flush().map((piece) => this.chunkOf(piece)));
  }

  private filter(event: SseEvent, chunk: JsonMembers): Uint8Array[] {
    this.remember(chunk);
    const choices: readonly unknown[] = Array.isArray(chunk['choices']) ? chunk['choices'] : [];
    const early: Uint8Array[] = [];
    const kept = choices.flatMap((choice) => {
      if (!isObject(choice)) return [choice];
      const { before, now } = this.choiceStream(choice).push(choice);
      early.push(...before.map((piece) => this.chunkOf(piece)));
      return now === null ? [] : [now];
    });
    if (choices.length > 0 && kept.length === 0) return early;
    if (choices.length === 0 && isObject(chunk['usage']) && this.goesOn()) return early;
    const after = this.inOneStream({ ...chunk, ...(choices.length > 0 ? { choices: kept } : {}) });
    const data = rewriteJson(event.data, chunk, after);
    return [...early, data === event.data ? event.raw : withData(event, data)];
  }

  private remember(chunk: JsonMembers): void {
    const { choices: _choices, usage, ...template } = chunk;
    this.template = template;
    if (isObject(usage)) this.usage = usage;
    if (typeof chunk['id'] === 'string') this.id ??= chunk['id'];
  }

  private choiceStream(choice: JsonMembers): ChoiceStream {
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    const known = this.choices.get(index);
    if (known !== undefined) return known;
    const opened = new ChoiceStream(index, this.options);
    this.choices.set(index, opened);
    return opened;
  }

  /** Our tool alone was called, so that the model will be called again and this is not the end. */
  private goesOn(): boolean {
    return this.choices.size === 1 && [...this.choices.values()].every((choice) => choice.callsOnlyOurs());
  }

  private holdsEnd(): boolean {
    if (!this.options.answersCalls) return false;
    return [...this.choices.values()].some((choice) => (choice.finished || this.done) && choice.hidesCalls());
  }

  /** Later rounds carry the first one's id, and the usage of all rounds together. */
  private inOneStream(chunk: JsonMembers): JsonMembers {
    const { continuesId, usageBefore } = this.options;
    const id = continuesId !== undefined && continuesId !== '' ? { id: continuesId } : {};
    const used = chunk['usage'];
    const usage = isObject(used) && usageBefore !== undefined ? { usage: sumUsage(usageBefore, used) } : {};
    return { ...chunk, ...id, ...usage };
  }

  private chunkOf(choice: JsonMembers): Buffer {
    const chunk = this.inOneStream({ ...this.template, choices: [choice] });
    return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
