import { type JsonNode, stringOfLiteral } from '#libs/json-text';
import { hasErrorWord } from '../../../error-words.js';

/** Fields whose mere presence with a value means that something went wrong. */
const ERROR_KEY =
  /^(?:errors?|err|error_?(?:message|code|type|details?)|exceptions?|failures?|fault|stack_?trace|traceback)$/i;
const STATUS_KEY =
  /^(?:status|state|result|outcome|conclusion|phase|health|level|severity|log_?level|priority)$/i;
const BAD_STATUS =
  /^(?:err(?:or)?|errored|fail(?:ed|ing|ure)?|fatal|critical|crit|emerg(?:ency)?|alert|exception|timeout|timed[ _-]?out|unhealthy|rejected|denied|aborted|crashed|panic|down|broken|dead)$/i;
const HTTP_KEY = /^(?:status|code|(?:http_?)?status_?code|http_?status|response_?code)$/i;
const SUCCESS_KEY = /^(?:success|succeeded|ok|is_?success|passed)$/i;
const EXIT_KEY = /^(?:exit_?(?:code|status)|return_?code|rc)$/i;
/** How deep below an item its signals are looked for. */
const DEPTH = 4;

/**
 * True when an item reports an error, seen cold: by error fields, statuses, levels, HTTP codes of 400 and above, exit
 * codes, and the error words in its strings.
 */
export function isErrorItem(node: JsonNode, written: string): boolean {
  if (node.kind === 'object' && hasErrorField(node, 0)) return true;
  return hasErrorWord(written) && hasErrorText(node, 0);
}

function hasErrorField(node: JsonNode, depth: number): boolean {
  if (depth > DEPTH) return false;
  if (node.kind === 'array') return node.items.some((item) => hasErrorField(item, depth + 1));
  if (node.kind !== 'object') return false;
  return node.keys.some((key, index) => {
    const value = node.values[index];
    return value !== undefined && (isErrorMember(key.slice(1, -1), value) || hasErrorField(value, depth + 1));
  });
}

function isErrorMember(key: string, value: JsonNode): boolean {
  if (ERROR_KEY.test(key)) return hasValue(value);
  if (value.kind === 'string') return STATUS_KEY.test(key) && BAD_STATUS.test(value.text.slice(1, -1).trim());
  if (value.kind === 'number') {
    const number = Number(value.text);
    if (HTTP_KEY.test(key)) return number >= 400 && number < 600;
    return EXIT_KEY.test(key) && number !== 0;
  }
  return value.kind === 'literal' && value.text === 'false' && SUCCESS_KEY.test(key);
}

function hasValue(node: JsonNode): boolean {
  if (node.kind === 'array') return node.items.length > 0;
  if (node.kind === 'object') return node.values.some(hasValue);
  return !['null', 'false', '""', '0'].includes(node.text);
}

/** Key names do not count: a column `error_count` says nothing about its rows. */
function hasErrorText(node: JsonNode, depth: number): boolean {
  if (depth > DEPTH) return false;
  if (node.kind === 'string') return hasErrorWord(stringOfLiteral(node.text));
  if (node.kind === 'array') return node.items.some((item) => hasErrorText(item, depth + 1));
  return node.kind === 'object' && node.values.some((value) => hasErrorText(value, depth + 1));
}

/** True when one of the named fields has a value, or one of the names stands in the item's strings. */
export function hasPreservedField(node: JsonNode, fields: readonly string[]): boolean {
  if (node.kind === 'string')
    return fields.some((field) => node.text.toLowerCase().includes(field.toLowerCase()));
  if (node.kind !== 'object') return false;
  return node.keys.some((key, index) => {
    const value = node.values[index];
    if (value === undefined) return false;
    if (fields.includes(key.slice(1, -1))) return hasValue(value);
    return value.kind === 'string' && hasPreservedField(value, fields);
  });
}
