import { elementSpans, memberSpans, type MemberSpan, type Span } from '#libs/json-text';
import type { PromptLayout } from './provider-dialect.js';

/** A body's text, what it says, and where; no layout where it has no list of messages. */
export interface ReadBody {
  readonly text: string;
  readonly value: unknown;
  readonly layout?: PromptLayout | undefined;
}

/** A body up to the end of its last message. */
interface KnownStart {
  readonly bytes: Buffer;
  readonly text: string;
  readonly messages: readonly unknown[];
  readonly layout: PromptLayout;
}

const LIST = 'messages';
/** Short bodies are read as fast as they are looked up. */
const KNOWN_FROM_BYTES = 1_000;
const MAX_STARTS = 64;
const MAX_BYTES = 8 * 1024 * 1024;
/** Conversations of one agent begin alike; where they end tells them apart. */
const ENDING_BYTES = 64;

/**
 * Reads bodies as `JSON.parse` does. A conversation sends all its earlier messages again with every turn: when a body
 * begins with the very bytes of an earlier one, only what is new is decoded and parsed, and the earlier messages are
 * the same objects as before, so that whoever remembers something about an object need not look at it again.
 */
export class PromptBodies {
  private starts: KnownStart[] = [];

  /** @param bytes must be UTF-8. @throws SyntaxError for what is not JSON. */
  read(bytes: Buffer): ReadBody {
    if (bytes.length < KNOWN_FROM_BYTES) return readAll(bytes);
    const known = this.startOf(bytes);
    const read = (known && readRest(bytes, known)) ?? readAll(bytes);
    this.remember(bytes, read, known);
    return read;
  }

  private startOf(bytes: Buffer): KnownStart | undefined {
    let longest: KnownStart | undefined;
    for (const start of this.starts) {
      if (start.bytes.length > (longest?.bytes.length ?? 0) && beginsWith(bytes, start.bytes))
        longest = start;
    }
    return longest;
  }

  /** In the place of the start that it goes on from. */
  private remember(bytes: Buffer, { text, value, layout }: ReadBody, known: KnownStart | undefined): void {
    const end = layout?.elements.at(-1)?.end;
    if (layout === undefined || end === undefined) return;
    const length = bytes.length - Buffer.byteLength(text.slice(end));
    const messages = (value as { readonly messages: readonly unknown[] }).messages;
    const start = { bytes: bytes.subarray(0, length), text: text.slice(0, end), messages, layout };
    this.starts = withinBounds([start, ...this.starts.filter((each) => each !== known)]);
  }
}

function withinBounds(starts: readonly KnownStart[]): KnownStart[] {
  let size = 0;
  return starts.slice(0, MAX_STARTS).filter(({ bytes }) => (size += bytes.length) <= MAX_BYTES);
}

function beginsWith(bytes: Buffer, start: Buffer): boolean {
  const { length } = start;
  if (bytes.length <= length) return false;
  const ending = Math.max(0, length - ENDING_BYTES);
  return start.compare(bytes, ending, length, ending, length) === 0 && start.compare(bytes, 0, length) === 0;
}

function readAll(bytes: Buffer): ReadBody {
  const text = bytes.toString('utf8');
  const value: unknown = JSON.parse(text);
  return { text, value, layout: bytes.length < KNOWN_FROM_BYTES ? undefined : layoutOf(text, value) };
}

/** The rest is read as a body of its own with only the new messages; undefined where it cannot be read like that. */
function readRest(bytes: Buffer, known: KnownStart): ReadBody | undefined {
  const rest = bytes.toString('utf8', known.bytes.length);
  const list = listIn(known.layout.members);
  const separator = /^[ \t\r\n]*(?:,(?![ \t\r\n]*\])|(?=\]))/.exec(rest);
  if (list === undefined || separator === null) return undefined;
  const head = known.text.slice(0, list.start + 1);
  const added = head + rest.slice(separator[0].length);
  const value = parsed(added);
  const layout = layoutOf(added, value);
  if (layout === undefined) return undefined;
  const { messages, ...others } = value as { readonly messages: readonly unknown[] };
  const shift = known.text.length + separator[0].length - head.length;
  return {
    text: known.text + rest,
    value: { ...others, messages: [...known.messages, ...messages] },
    layout: {
      members: layout.members.map((member) => moved(member, head.length, shift)),
      elements: [
        ...known.layout.elements,
        ...layout.elements.map((element) => moved(element, head.length, shift)),
      ],
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function moved<Place extends Span>(place: Place, from: number, shift: number): Place {
  const move = (position: number): number => (position > from ? position + shift : position);
  return { ...place, start: place.start >= from ? place.start + shift : place.start, end: move(place.end) };
}

/** Of a key that stands twice only one counts, so that nothing can be said about the place of the other's elements. */
function layoutOf(text: string, value: unknown): PromptLayout | undefined {
  if (typeof value !== 'object' || value === null || !(LIST in value) || !Array.isArray(value.messages)) {
    return undefined;
  }
  const members = memberSpans(text);
  const list = listIn(members);
  return list && { members, elements: elementSpans(text, list.start) };
}

function listIn(members: readonly MemberSpan[]): MemberSpan | undefined {
  const lists = members.filter(({ key }) => key === LIST);
  return lists.length === 1 ? lists[0] : undefined;
}
