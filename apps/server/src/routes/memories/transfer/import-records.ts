import type { z } from 'zod';
import { HeadroomError } from '#libs/kernel';
import type { ImportRecord, ImportedMemory } from '#libs/memory';
import { validationError } from '../../../http/request-validation.js';
import { isObject } from '../../../http/wire-value.schema.js';
import { fromLine, importLine } from './import-line.schema.js';
import { fromLangGraph, langGraphItem } from './langgraph-item.schema.js';
import { fromMem0, mem0Item } from './mem0-item.schema.js';
import { readItems } from './read-items.js';

export const IMPORT_FORMATS = ['headroom', 'mem0', 'langgraph'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface ImportOptions {
  /** Default: each item is read as what it looks like. */
  readonly format?: ImportFormat | undefined;
  /** Whose the items are that name no user; one that names a user keeps it. */
  readonly userId?: string | undefined;
}

/** What a file that is sent says, item by item while it arrives. */
export async function* importRecords(
  body: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): AsyncGenerator<ImportRecord> {
  for await (const item of readItems(body)) {
    yield 'fault' in item ? item : { line: item.line, ...read(item.value, options) };
  }
}

function read(
  value: unknown,
  { format, userId }: ImportOptions,
): { readonly memory: ImportedMemory } | { readonly fault: string } {
  try {
    const memory = READERS[format ?? formatOf(value)](value, userId);
    return memory === null ? { fault: 'user_id: is required here or in the query' } : { memory };
  } catch (error) {
    if (error instanceof HeadroomError) return { fault: error.message };
    throw error;
  }
}

const READERS: Readonly<
  Record<ImportFormat, (value: unknown, userId: string | undefined) => ImportedMemory | null>
> = {
  headroom: (value, userId) => {
    const line = checked(importLine, value);
    const owner = line.user_id ?? userId;
    return owner === undefined ? null : fromLine(line, owner);
  },
  mem0: (value, userId) => fromMem0(checked(mem0Item, value), userId),
  langgraph: (value, userId) => fromLangGraph(checked(langGraphItem, value), userId),
};

/** An item that looks like none of them is read as our own, whose faults then say what is missing. */
function formatOf(value: unknown): ImportFormat {
  if (!isObject(value) || 'content' in value) return 'headroom';
  if ('key' in value && 'value' in value) return 'langgraph';
  return 'memory' in value || 'text' in value || 'data' in value ? 'mem0' : 'headroom';
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationError(result.error.issues);
}
