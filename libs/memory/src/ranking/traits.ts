import { createHash } from 'node:crypto';
import type { Memory } from '../model/memory.js';

/** What ranking knows of a memory besides its terms; it follows from what never changes in a memory. */
export interface MemoryTraits {
  /** Number of the episode, 0 for a memory that stands alone; see {@link episodeOf}. */
  readonly episode: number;
  /** Place in the episode, or -1: then the order of recording tells. */
  readonly position: number;
  /** The share of its text that asks instead of telling, 0–1. */
  readonly asked: number;
  /** Number of the term that it begins with, 0 for none; see {@link termNumber}. */
  readonly topic: number;
  /** Milliseconds: from when on it holds, which is when it was told if nothing else was said. */
  readonly toldAt: number;
}

const DAY_MS = 86_400_000;
const SENTENCES = /[^.!?\n\u3002\uff01\uff1f\u061f]+[.!?\n\u3002\uff01\uff1f\u061f]*/gu;
/** Latin, full-width and Arabic question marks. */
const QUESTION_MARK = /[?\uff1f\u061f]/u;
const ASKS = /[?\uff1f\u061f]\s*$/u;

/** @param terms the analysed terms of the content, in text order. */
export function traitsOf(memory: Memory, terms: readonly string[]): MemoryTraits {
  const [first] = terms;
  return {
    episode: episodeOf(memory),
    position: memory.source?.messageIndex ?? -1,
    asked: askedShare(memory.content),
    topic: first === undefined ? 0 : termNumber(first),
    toldAt: memory.validFrom.getTime(),
  };
}

/** 48 bits of SHA-256, never 0: a term as a number. */
export function termNumber(term: string): number {
  return numberOf(`term ${term}`);
}

/**
 * What happened together: the turns of a session within a conversation. Without a session, what was said to have been
 * true from the same day on; a memory that names none of it stands alone. Memories of different scopes are never of
 * one episode: what a reader cannot see must not lift what it sees.
 */
function episodeOf({ scope, source, validFrom, createdAt }: Memory): number {
  const { sessionId, agentId, turnId } = scope;
  const conversation = source?.conversationId;
  const isDated = validFrom.getTime() !== createdAt.getTime();
  if (conversation === undefined && sessionId === undefined && !isDated) return 0;
  const day = sessionId === undefined && isDated ? Math.floor(validFrom.getTime() / DAY_MS) : undefined;
  const parts = [conversation, sessionId, agentId, turnId, day].map((part) => part ?? null);
  return numberOf(JSON.stringify(parts));
}

/** The share of a text that asks, 0–1. */
export function askedShare(content: string): number {
  if (!QUESTION_MARK.test(content)) return 0;
  const sentences = content.match(SENTENCES) ?? [];
  const asking = sentences.filter((sentence) => ASKS.test(sentence));
  const length = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);
  return length(asking) / Math.max(length(sentences), 1);
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) || 1;
}
