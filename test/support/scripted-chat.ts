import { InMemoryHiddenCallStore } from '#libs/adapters';
import {
  ChatProvider,
  ChatTurn,
  HiddenHistory,
  MemoryToolset,
  OpenAiDialect,
  PendingWork,
  PromptPreparation,
  RetrievalToolset,
  TurnRecords,
  TurnTools,
  readWhole,
  type CalledTool,
  type ProviderRequest,
  type ProviderResponse,
  type ShapedContext,
  type TurnAnswer,
  type TurnRequest,
} from '#libs/chat';
import { Clock, Ids, type Caller, type Message } from '#libs/kernel';
import { MemoryBlockStripper, type MemoryToolCall, type MemoryToolResult } from '#libs/memory';
import type { RequestRecord } from '#libs/usage';

/** The one original that can be retrieved. */
export const HASH = 'a1b2c3d4e5f60718293a4b5c';
export const caller: Caller = { tenantId: 'default', users: null, isAdmin: false };
export const scope = { userId: 'ada' };

class StoppedClock extends Clock {
  now(): Date {
    return new Date(0);
  }
}

class OneId extends Ids {
  next(prefix: string): string {
    return `${prefix}_1`;
  }
}

/** Answers from a script, and remembers what it was sent. */
class ScriptedProvider extends ChatProvider {
  readonly received: { readonly text: string; readonly request: ProviderRequest }[] = [];
  script: (() => ProviderResponse | Error)[] = [];

  send(request: ProviderRequest): Promise<ProviderResponse> {
    this.received.push({ text: Buffer.from(request.body).toString('utf8'), request });
    const answer = this.script[this.received.length - 1]?.() ?? new Error('nothing is scripted');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

type Rewrite = (messages: readonly Message[]) => readonly Message[];

/** A chat turn between a scripted provider, a memory with its tools, and originals, which tell what they were asked. */
export class ScriptedChat {
  readonly provider = new ScriptedProvider();
  readonly records: RequestRecord[] = [];
  readonly failures: string[] = [];
  readonly remembered: string[] = [];
  /** Calls of tools that were answered: of the retrieve tool, and of memory tools with their scope. */
  readonly answered: (CalledTool | MemoryToolCall)[] = [];
  readonly pending = new PendingWork();
  readonly hidden = new InMemoryHiddenCallStore(new StoppedClock(), { ttlSeconds: 60 });
  recall: Rewrite = (messages) => messages;
  compress: Rewrite = (messages) => messages;
  /** What memory tools answer. */
  answerMemory: (call: MemoryToolCall) => object = ({ name }) => ({ status: `${name} done` });
  readonly turns: ChatTurn;
  private time = 0;

  constructor() {
    const dialect = new OpenAiDialect();
    const hidden = new HiddenHistory(dialect, this.hidden);
    const memory = {
      openStripper: () => new MemoryBlockStripper(),
      inject: (_: Caller, { messages }: { messages: readonly Message[] }) =>
        Promise.resolve().then(() => ({ messages: this.recall(messages), memories: [], tokensAdded: 0 })),
      storeBlocks: (_: Caller, { blocks }: { blocks: readonly string[] }) => {
        this.remembered.push(...blocks);
        return Promise.resolve({ stored: [], duplicates: [], superseded: [], rejected: [], malformed: 0 });
      },
    };
    const retrieval = {
      canRedeem: (_: Caller, hash: string) => Promise.resolve(hash === HASH),
      answer: (_: Caller, asked: CalledTool) => {
        this.answered.push(asked);
        return Promise.resolve('{"original_content":"all of it"}');
      },
    };
    const memoryTools = {
      definitions: ['memory_save', 'memory_search'].map((name) => ({
        name,
        description: '',
        parameters: {},
      })),
      answer: (_: Caller, asked: MemoryToolCall) =>
        Promise.resolve().then(() => {
          this.answered.push(asked);
          return this.answerMemory(asked) as MemoryToolResult;
        }),
    };
    const observer = {
      turnTaken: (_: Caller, record: RequestRecord) => this.records.push(record),
      stepFailed: (step: string) => this.failures.push(step),
    };
    const tools = new TurnTools([new MemoryToolset(memoryTools), new RetrievalToolset(retrieval)], observer);
    const context = {
      shape: (_: Caller, { messages }: { messages: readonly Message[] }): Promise<ShapedContext> =>
        Promise.resolve().then(() => ({
          messages: this.compress(messages),
          tokensBefore: 100,
          tokensAfter: 60,
          transforms: ['router:log:0.60'],
          ccrHashes: [],
        })),
    };
    this.turns = new ChatTurn({
      dialect,
      provider: this.provider,
      memory,
      tools,
      hidden,
      pending: this.pending,
      preparation: new PromptPreparation(dialect, memory, context, tools, hidden),
      records: new TurnRecords(dialect, { describe: () => ({}) }, new StoppedClock(), new OneId()),
      observer,
      stopwatch: () => this.time++,
    });
  }

  async take(body: string, more: Partial<TurnRequest> = {}): Promise<TurnAnswer & { text: string }> {
    const answer = await this.turns.take(caller, {
      body: Buffer.from(body),
      url: 'http://provider.test/v1/chat/completions',
      headers: {},
      mode: 'optimize',
      signal: new AbortController().signal,
      ...more,
    });
    const bytes = answer.body instanceof Uint8Array ? answer.body : await readWhole(answer.body);
    await this.pending.drain();
    return { ...answer, text: Buffer.from(bytes).toString('utf8') };
  }
}
