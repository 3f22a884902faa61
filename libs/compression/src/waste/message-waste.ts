import { textOf, type ContentPart, type Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { volatileTexts } from './volatile-text.js';

/** Tokens of a message that carry nothing a model needs, by cause, as the message was sent. */
export interface MessageWaste {
  /** White space of formatted JSON. */
  readonly jsonBloatTokens: number;
  /** Tags, scripts and styles of HTML. */
  readonly htmlNoiseTokens: number;
  /** Runs of base64. */
  readonly base64Tokens: number;
  /** Blank lines, trailing and repeated spaces outside JSON. */
  readonly whitespaceTokens: number;
  /** Dates and ids in system prompts, which break a provider's prompt cache. */
  readonly dynamicDateTokens: number;
}

export const NO_MESSAGE_WASTE: MessageWaste = {
  jsonBloatTokens: 0,
  htmlNoiseTokens: 0,
  base64Tokens: 0,
  whitespaceTokens: 0,
  dynamicDateTokens: 0,
};

/** Each begins where nothing of it went before, so that no text is read twice. */
const BASE64_RUN = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{120,}={0,2}/g;
const HTML_SCRIPTS = /<(script|style)\b[^<>]*>[^<]*<\/\1>/gi;
const HTML_TAG = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?>/gi;

/** Only what is waste is counted, so a message without any costs no counting. */
export function wasteOf(message: Message, counter: TokenCounter): MessageWaste {
  const waste = { json: 0, html: 0, base64: 0, whitespace: 0 };
  for (const text of sentTexts(message)) {
    const minified = minifiedJson(text);
    if (minified !== null) waste.json += saved(text, minified, counter);
    else {
      waste.html += htmlNoise(text, counter);
      waste.whitespace += saved(text, withoutSpareSpace(text), counter);
    }
    waste.base64 += sum(text.match(BASE64_RUN) ?? [], counter);
  }
  return {
    jsonBloatTokens: waste.json,
    htmlNoiseTokens: waste.html,
    base64Tokens: waste.base64,
    whitespaceTokens: waste.whitespace,
    dynamicDateTokens: isSystem(message) ? sum(volatileTexts(textOf(message)), counter) : 0,
  };
}

/** The texts of a message, those inside Anthropic's tool results included. */
export function sentTexts(message: Message): readonly string[] {
  const { content } = message;
  if (!Array.isArray(content)) return [textOf(message)];
  return (content as readonly ContentPart[]).flatMap((part) => {
    if (typeof part.text === 'string') return [part.text];
    const inner = part['content'];
    if (typeof inner === 'string') return [inner];
    return Array.isArray(inner) ? [textOf({ role: message.role, content: inner as ContentPart[] })] : [];
  });
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function minifiedJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return null;
  }
}

function htmlNoise(text: string, counter: TokenCounter): number {
  if (!/<\/(html|body|div|span|p|a|table|script)>/i.test(text)) return 0;
  return saved(text, text.replace(HTML_SCRIPTS, '').replace(HTML_TAG, ''), counter);
}

function withoutSpareSpace(text: string): string {
  const lines = text.split('\n').map((line) => {
    const end = line.trimEnd();
    const indent = end.length - end.trimStart().length;
    // Indentation means something in code and lists; repeated spaces inside a line do not.
    return end.slice(0, indent) + end.slice(indent).replace(/[ \t]{2,}/g, ' ');
  });
  return lines.filter((line, i) => line !== '' || lines[i - 1] !== '').join('\n');
}

function saved(before: string, after: string, counter: TokenCounter): number {
  return before === after ? 0 : Math.max(0, counter.countText(before) - counter.countText(after));
}

function sum(texts: readonly string[], counter: TokenCounter): number {
  return texts.reduce((tokens, text) => tokens + counter.countText(text), 0);
}
