import { type JsonNode, parseJsonTree } from '#libs/json-text';
import type { ContentPart, Message } from '#libs/kernel';
import { argumentsOf, callsIn } from '../tool-calls.js';
import { EarlierLines } from './earlier-lines.js';
import { EarlierRecords } from './earlier-records.js';
import { nameOfCall, type Place } from './place-names.js';

/** Longer JSON is not compared field by field. */
const MAX_DOCUMENT_CHARACTERS = 200_000;

/** What stands in a conversation before a message, word for word or without loss. */
export class EarlierContent {
  readonly lines = new EarlierLines();
  readonly records = new EarlierRecords();
  private readonly wholes = new Map<string, Place>();

  /** False as long as nothing stands before that JSON could be told by. */
  get hasResults(): boolean {
    return this.wholes.size > 0;
  }

  /** Where a text stood as the whole of a tool result. */
  placeOf(text: string): Place | undefined {
    return this.wholes.get(text);
  }

  /** A tool result of which everything can be read in the context: as it was, or in a lossless form. */
  addResult({ text, document }: ReadText, shown: string, place: Place): void {
    if (!this.wholes.has(text)) this.wholes.set(text, place);
    if (document !== undefined) this.records.add(document, place);
    else this.lines.add(shown, place);
  }

  /** What is left of a tool result after lossy compression. */
  addRemains(shown: string, place: Place): void {
    this.lines.add(shown, place);
  }

  /** What somebody said, and what the assistant wrote into the arguments of its calls, such as a file's content. */
  addSpoken(message: Message, index: number): void {
    for (const text of textsOf(message))
      this.lines.add(text, { name: `message ${String(index + 1)}`, index });
    for (const [, call] of callsIn(message)) {
      for (const value of Object.values(Object(argumentsOf(call)) as object) as unknown[]) {
        if (typeof value === 'string') this.lines.add(value, { name: `the call ${nameOfCall(call)}`, index });
      }
    }
  }
}

/** True for what may be a JSON document, before it is parsed. */
export function isBracketed(text: string): boolean {
  return /^\s{0,64}[[{]/.test(text);
}

/** A text that is parsed at most once, and only when its document is asked for. */
export class ReadText {
  private parsed: { readonly document: JsonNode | undefined } | undefined;

  constructor(readonly text: string) {}

  /** Undefined unless the text is JSON of a moderate size. */
  get document(): JsonNode | undefined {
    this.parsed ??= { document: documentOf(this.text) };
    return this.parsed.document;
  }
}

function documentOf(text: string): JsonNode | undefined {
  if (text.length > MAX_DOCUMENT_CHARACTERS || !isBracketed(text)) return undefined;
  const document = parseJsonTree(text);
  return document?.kind === 'array' || document?.kind === 'object' ? document : undefined;
}

function textsOf({ content }: Message): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return (content as readonly ContentPart[]).flatMap((part) =>
    typeof part.text === 'string' ? [part.text] : [],
  );
}
