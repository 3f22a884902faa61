import { isMemoryCategory } from '../model/memory.js';
import type { MemoryDraft } from '../contract.js';

/** What a block says about one memory, before it has a scope. */
export type ExtractedItem = Pick<MemoryDraft, 'content' | 'category' | 'importance' | 'subject' | 'entities'>;

export type ParsedItem =
  { readonly item: ExtractedItem } | { readonly content: string; readonly reason: string };

/** More items than this in one answer are noise. */
const MAX_ITEMS = 50;

/**
 * Reads the inner text of a memory block: strict JSON `{"memories": [...]}`.
 * @returns its items, each sound or with the reason why not; null when the block is malformed.
 */
export function parseBlock(block: string): readonly ParsedItem[] | null {
  const parsed = parseJson(block);
  if (!isObject(parsed) || !Array.isArray(parsed['memories'])) return null;
  return (parsed['memories'] as unknown[]).map((item, i) =>
    i < MAX_ITEMS ? parseItem(item) : refused(item, `more than ${MAX_ITEMS} memories in one block`),
  );
}

function parseItem(item: unknown): ParsedItem {
  if (!isObject(item) || typeof item['content'] !== 'string')
    return refused(item, 'content: must be a string');
  const { category, importance, subject, entities } = item;
  const content = item['content'];
  const kind = typeof category === 'string' ? category.trim().toLowerCase() : (category ?? undefined);
  if (kind !== undefined && !isMemoryCategory(kind)) return refused(item, 'category: unknown');
  if (importance !== undefined && importance !== null && typeof importance !== 'number') {
    return refused(item, 'importance: must be a number from 0 to 1');
  }
  if (subject !== undefined && subject !== null && typeof subject !== 'string') {
    return refused(item, 'subject: must be a string');
  }
  if (entities !== undefined && entities !== null && !isStrings(entities)) {
    return refused(item, 'entities: must be a list of strings');
  }
  return {
    item: {
      content,
      category: kind,
      importance: importance ?? undefined,
      subject: subject === null || subject?.trim() === '' ? undefined : subject?.trim(),
      entities: entities?.filter((entity) => entity.trim() !== '') ?? undefined,
    },
  };
}

function refused(item: unknown, reason: string): ParsedItem {
  const content = isObject(item) && typeof item['content'] === 'string' ? item['content'] : '';
  return { content, reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
