import type { JsonValue } from '#libs/kernel';
import { findSecret, findSecretIn } from '../write/secrets.js';
import type { MemoryToolResult } from './tool-result.js';

/** What of a call may be kept for the model to see again. */
export interface KeptCall {
  /** JSON text. */
  readonly arguments: string;
  /** The memory that the call erased: nothing that names it may be kept. */
  readonly erased?: string | undefined;
}

const NOTHING = '{}';

/** No secret is kept, nor the reason for a deletion, which would tell what is to be forgotten. */
export function keptOf(
  { name, arguments: given }: { readonly name: string; readonly arguments: string },
  result: MemoryToolResult,
): KeptCall {
  if (result.status === 'deleted') {
    const { memory_id } = result;
    return { arguments: JSON.stringify({ memory_id }), erased: memory_id };
  }
  const isSecret = result.status === 'error' && result.error === 'secret_refused';
  if (name === 'memory_delete' || isSecret || holdsSecret(given)) return { arguments: NOTHING };
  return { arguments: given };
}

/** Escapes hide from a look at JSON what its texts say. */
function holdsSecret(json: string): boolean {
  try {
    return findSecretIn(JSON.parse(json) as JsonValue) !== null;
  } catch {
    return findSecret(json) !== null;
  }
}
