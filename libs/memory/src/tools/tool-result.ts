import { HeadroomError, type Fault } from '#libs/kernel';
import type { Memory } from '../model/memory.js';

/** What a memory tool tells the model; on the wire as it stands here. */
export type MemoryToolResult =
  | {
      readonly status: 'saved';
      readonly memory_id: string;
      readonly content: string;
      /** It was known already. */
      readonly deduplicated?: true;
      /** The memory on the same subject that this one replaced. */
      readonly superseded?: string;
      /** Another current memory that says nearly the same. */
      readonly near_duplicate?: string;
    }
  | {
      readonly status: 'found';
      readonly count: number;
      readonly memories: readonly FoundMemory[];
      /** How many more were found than one result holds. */
      readonly left_out?: number;
      readonly note?: string;
    }
  | {
      readonly status: 'updated';
      /** Of the new version, which is the current one. */
      readonly memory_id: string;
      readonly content: string;
      readonly superseded: string;
    }
  | { readonly status: 'deleted'; readonly memory_id: string }
  | {
      readonly status: 'listed';
      readonly count: number;
      readonly memories: readonly ListedMemory[];
      /** There are older ones that this list does not show. */
      readonly has_more: boolean;
    }
  | MemoryToolError;

export interface FoundMemory {
  readonly id: string;
  readonly content: string;
  /** 0–1; 0 for a memory that is only related to what was found. */
  readonly score: number;
  /** The entities and the subject that it shares with what was found. */
  readonly related_by?: readonly string[];
}

export interface ListedMemory {
  readonly id: string;
  readonly content: string;
  readonly created_at: string;
}

/** `message` says the remedy. */
export interface MemoryToolError {
  readonly status: 'error';
  readonly error: 'validation_error' | 'not_found' | 'conflict' | 'secret_refused' | 'precondition_failed';
  readonly message: string;
  /** Of a refused secret, such as `OpenAI API key`. */
  readonly kind?: string;
  /** Of a memory that was replaced: the one that stands now. */
  readonly current_id?: string;
  readonly current_content?: string;
}

/** Longer results cost more context than they are worth. */
const MAX_CHARACTERS = 32_000;

export const NOT_FOUND: MemoryToolError = {
  status: 'error',
  error: 'not_found',
  message: 'There is no memory with this id here; get ids from memory_search or memory_list.',
};

export function replacedBy(current: Memory): MemoryToolError {
  return {
    status: 'error',
    error: 'conflict',
    message: 'This memory was replaced by a newer one; act on current_id instead.',
    current_id: current.id,
    current_content: current.content,
  };
}

/**
 * What the model did wrong, in its own words for the arguments; null for what is not the model's fault.
 * @param argumentNames the arguments' names of fields that are called otherwise elsewhere.
 */
export function errorResult(
  error: unknown,
  argumentNames: Readonly<Record<string, string>> = {},
): MemoryToolError | null {
  if (!(error instanceof HeadroomError)) return null;
  const { code, message, details } = error;
  switch (code) {
    case 'validation_error': {
      const faults = (details['errors'] ?? []) as readonly Fault[];
      const texts = faults.map((fault) => `${argumentNames[fault.path] ?? fault.path}: ${fault.message}`);
      return { status: 'error', error: code, message: texts.join('; ') };
    }
    case 'secret_refused':
      return { status: 'error', error: code, message, kind: String(details['kind']) };
    case 'not_found':
      return NOT_FOUND;
    case 'conflict':
    case 'precondition_failed':
      return { status: 'error', error: code, message };
    default:
      return null;
  }
}

/** Takes memories in their order while their texts are short enough together; the first one always. */
export function withinOneResult<M extends { readonly content: string }>(memories: readonly M[]): M[] {
  let characters = 0;
  return memories.filter(({ content }, i) => {
    characters += content.length;
    return i === 0 || characters <= MAX_CHARACTERS;
  });
}
