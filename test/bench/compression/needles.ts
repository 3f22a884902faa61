import type { ContentPart, Message } from '#libs/kernel';

/**
 * A value of a tool result that a later message of the assistant quotes, in its text or in the arguments of a call, and
 * that stood nowhere in the conversation before that result. Values are a JSON result's scalars of three characters or
 * more, and of other text its words with a digit and its identifiers (`snake_case`, `a/b.ts`, `camelCase`) of four
 * characters or more.
 */
export interface Needle {
  readonly value: string;
  /** The message that holds it first. */
  readonly source: number;
  /** The first message of the assistant that quotes it. */
  readonly quotedBy: number;
}

const MIN_SCALAR = 3;
const MIN_WORD = 4;
const MAX_VALUE = 200;
const WORD = /[\p{L}\p{N}_./@#-]{3,200}/gu;
const TELLING = /\p{N}|[_/@#]|\p{L}[.-]\p{L}|\p{Ll}\p{Lu}/u;

export function needlesOf(messages: readonly Message[]): Needle[] {
  const texts = messages.map(wholeText);
  const quotes = messages.map((message, index) =>
    message.role === 'assistant' ? quotableIn(texts[index] ?? '') : undefined,
  );
  const found = new Map<string, Needle>();
  let before = '';
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      for (const value of valuesIn(texts[index] ?? '')) {
        if (found.has(value)) continue;
        const quotedBy = firstQuote(value, index, texts, quotes);
        if (quotedBy < 0 || before.includes(value)) continue;
        found.set(value, { value, source: index, quotedBy });
      }
    }
    before += `\n${texts[index] ?? ''}`;
  }
  return [...found.values()];
}

/** Everything of a message that a model reads. */
export function wholeText({ content, tool_calls: calls }: Message): string {
  const parts: string[] = [];
  if (typeof content === 'string') parts.push(content);
  else if (Array.isArray(content)) {
    for (const part of content as readonly ContentPart[]) parts.push(part.text ?? JSON.stringify(part));
  }
  for (const call of calls ?? []) parts.push(call.function.name, unescaped(call.function.arguments));
  return parts.join('\n');
}

function firstQuote(
  value: string,
  after: number,
  texts: readonly string[],
  quotes: readonly (ReadonlySet<string> | undefined)[],
): number {
  const isPhrase = /\s/.test(value);
  return quotes.findIndex((words, index) => {
    if (words === undefined || index <= after) return false;
    return isPhrase ? (texts[index] ?? '').includes(value) : words.has(value);
  });
}

function quotableIn(text: string): Set<string> {
  return new Set((text.match(WORD) ?? []).flatMap((word) => [word, trimmed(word)]));
}

function valuesIn(text: string): Set<string> {
  const scalars = scalarsOf(text);
  if (scalars !== undefined) return scalars;
  const words = (text.match(WORD) ?? []).map(trimmed);
  return new Set(words.filter((word) => word.length >= MIN_WORD && TELLING.test(word)));
}

function scalarsOf(text: string): Set<string> | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const scalars = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const child of Object.values(value)) visit(child);
    } else if (typeof value === 'string' || typeof value === 'number') {
      const scalar = String(value);
      if (scalar.length >= MIN_SCALAR && scalar.length <= MAX_VALUE) scalars.add(scalar);
    }
  };
  visit(document);
  return scalars;
}

function trimmed(word: string): string {
  return word.replace(/^[./#-]+|[./#-]+$/g, '');
}

/** Arguments as the model means them: without the escapes of JSON. */
function unescaped(json: string): string {
  try {
    const texts: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) visit(child);
      else texts.push(String(value));
    };
    visit(JSON.parse(json));
    return texts.join('\n');
  } catch {
    return json;
  }
}
