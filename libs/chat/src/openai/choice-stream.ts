import type { AnswerCall } from '../called-tool.js';
import type { AnswerStreamOptions, TextStripper } from '../stream/answer-stream.js';
import { isObject, type JsonMembers } from './json-members.js';
import { CallStream } from './call-stream.js';

/** Fields such as `reasoning_content`, `reasoning_details` and `thinking_blocks`, which some models must be given back. */
const THOUGHTS = /^(?:reasoning|thinking)/;

/** Of one chunk's choice: pieces to send before it, and the choice itself; null when nothing of it is for the client. */
export interface FilteredChoice {
  readonly before: readonly JsonMembers[];
  readonly now: JsonMembers | null;
}

/** One alternative answer while it streams: its text without memory blocks, its calls without ours. */
export class ChoiceStream {
  private readonly stripper: TextStripper | undefined;
  private readonly calls: CallStream;
  private text = '';
  private readonly thoughts = new Map<string, string | unknown[]>();
  private flushed = false;
  finished = false;

  constructor(
    private readonly index: number,
    private readonly options: AnswerStreamOptions,
  ) {
    this.stripper = options.createStripper?.();
    this.calls = new CallStream(options.ourNames);
  }

  get blocks(): readonly string[] {
    return this.stripper?.blocks ?? [];
  }

  /** The model wants our tool and none of the client's, and may still have it. */
  callsOnlyOurs(): boolean {
    const { answersCalls, mayGoOn } = this.options;
    return answersCalls && mayGoOn && this.calls.areOnlyOurs();
  }

  /** The client gets calls of its own, and does not get to see others that stand beside or before them. */
  hidesCalls(): boolean {
    const isLater = this.options.continuesId !== undefined;
    return this.calls.areMixed() || (isLater && this.calls.areForClient());
  }

  allCalls(): readonly AnswerCall[] {
    return this.calls.all();
  }

  push(choice: JsonMembers): FilteredChoice {
    const given = isObject(choice['delta']) ? choice['delta'] : {};
    const delta = this.filterDelta(given);
    const finish = choice['finish_reason'] ?? null;
    if (finish === null)
      return { before: [], now: isWorthSending(given, delta) ? { ...choice, delta } : null };
    this.finished = true;
    const before = this.flush();
    if (this.callsOnlyOurs()) {
      const now =
        isWorthSending(given, delta) && hasContent(delta) ? { ...choice, delta, finish_reason: null } : null;
      return { before, now };
    }
    // All calls were ours and were hidden: for the client this is an answer like any other.
    const shown = finish === 'tool_calls' && this.calls.areOnlyOurs() ? 'stop' : finish;
    return inOrder(before, { ...choice, delta, finish_reason: shown });
  }

  /** What was held back and belongs to the client after all. */
  flush(): JsonMembers[] {
    if (this.flushed) return [];
    this.flushed = true;
    const content = this.stripper?.end() ?? '';
    const calls = this.calls.flush();
    if (content === '' && calls.length === 0) return [];
    const delta = {
      ...(content === '' ? {} : { content }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    return [{ index: this.index, delta, finish_reason: null }];
  }

  /** The model's message as it is given back in the next round, with its calls, which are all ours. */
  assistantText(): string {
    return JSON.stringify({
      role: 'assistant',
      content: this.text === '' ? null : this.text,
      ...Object.fromEntries(this.thoughts),
      tool_calls: this.calls.all().map(({ sent }) => sent),
    });
  }

  private filterDelta(delta: JsonMembers): JsonMembers {
    const { tool_calls: given, ...rest } = delta;
    this.collectThoughts(rest);
    const shown: Record<string, unknown> = { ...rest };
    if (this.options.continuesId !== undefined) delete shown['role'];
    if (typeof delta['content'] === 'string') shown['content'] = this.filterText(delta['content']);
    if (!Array.isArray(given)) return given === undefined ? shown : { ...shown, tool_calls: given };
    const visible = this.calls.push(given as readonly unknown[]);
    return visible.length === 0 ? shown : { ...shown, tool_calls: visible };
  }

  /** Texts grow by their pieces, lists by their elements. */
  private collectThoughts(delta: JsonMembers): void {
    for (const [name, piece] of Object.entries(delta)) {
      if (piece === '' || !THOUGHTS.test(name)) continue;
      const before = this.thoughts.get(name);
      if (typeof piece === 'string')
        this.thoughts.set(name, typeof before === 'string' ? before + piece : piece);
      else if (Array.isArray(piece)) {
        if (Array.isArray(before)) before.push(...(piece as readonly unknown[]));
        else this.thoughts.set(name, [...(piece as readonly unknown[])]);
      }
    }
  }

  private filterText(content: string): string {
    this.text += content;
    return this.stripper === undefined || content === '' ? content : this.stripper.push(content);
  }
}

/** Text that was held back comes before the chunk, unless the chunk has text of its own, which comes first. */
function inOrder(before: readonly JsonMembers[], now: JsonMembers): FilteredChoice {
  const delta = now['delta'];
  if (before.length === 0 || !isObject(delta) || !hasContent(delta)) return { before, now };
  const opening = { ...now, finish_reason: null };
  return { before: [opening, ...before], now: { ...now, delta: {} } };
}

function hasContent(delta: JsonMembers): boolean {
  return Object.values(delta).some((value) => value !== '' && value !== null);
}

/** A delta from which everything was taken is not sent; one that was given empty is. */
function isWorthSending(given: JsonMembers, delta: JsonMembers): boolean {
  const changed =
    Object.keys(given).length !== Object.keys(delta).length || given['content'] !== delta['content'];
  return !changed || hasContent(delta);
}
