import { createHash } from 'node:crypto';
import type { JsonNode } from '#libs/json-text';
import { type FieldTraits, fieldsOf } from './field-traits.js';
import { rowsOf } from './rows.js';

/** What kind of output something is, as far as that can be told without telling what it says. */
export interface OutputStructure {
  /** 24 lowercase hex characters: equal for outputs of one structure. */
  readonly signature: string;
  /** The content kind, such as `json` or `log`. */
  readonly kind: string;
  readonly fields: readonly FieldTraits[];
}

const SIGNATURE_CHARACTERS = 24;

/**
 * The structure of an output: of JSON the names and types of its fields, whatever the tool, the order and the values;
 * of everything else, and of lists without objects, its tool and kind.
 */
export function structureOf(
  toolName: string | undefined,
  kind: string,
  document?: JsonNode,
): OutputStructure {
  const { shape, rows } = document === undefined ? { shape: 'list' as const, rows: [] } : rowsOf(document);
  const fields = fieldsOf(rows);
  if (fields.length === 0) return { signature: hashOf(['tool', toolName ?? '', kind]), kind, fields };
  const typed = fields.map(({ name, types }) => [name, ...types]);
  return { signature: hashOf(['json', shape, typed]), kind, fields };
}

function hashOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, SIGNATURE_CHARACTERS);
}
