import { type JsonNode, type JsonScalar, stringOfLiteral } from '#libs/json-text';
import { hasErrorWord } from '../../../error-words.js';

/** Fields whose mere presence with a value means that something went wrong. */
const ERROR_KEY =
  /^(?:last_?)?(?:errors?|err|exceptions?|failures?|fault|stack_?trace|traceback)(?:_?(?:message|msg|code|type|details?|reason|text|description|class|name|stack))?$/i;
const STATUS_KEY =
  /^(?:.{0,40}[_.-])?(?:status|state|result|outcome|conclusion|phase|health|level|severity|verdict|priority|type|kind)$|^(?:log|job|build|test|run|payment|order|delivery|deploy(?:ment)?|task|check)(?:level|status|state|result)$|^lvl$/i;
const BAD_STATUS =
  /^(?:err(?:or)?|errored|fail(?:ed|ing|ure)?|fatal|critical|crit|emerg(?:ency)?|alert|exception|timeout|timed[ _-]?out|unhealthy|rejected|denied|aborted|crashed|panic|down|broken|dead)$/i;
const HTTP_KEY = /^(?:status|code|(?:http_?)?status_?code|http_?status|response_?(?:code|status))$/i;
const HTTP_TEXT = /^[45]\d\d(?: [A-Z].{0,60})?$/;
const SUCCESS_KEY = /^(?:is_?)?(?:success|successful|succeeded|ok|passed|healthy)$/i;
const EXIT_KEY = /^(?:exit_?(?:code|status)|return_?code|rc)$/i;
const LEVEL_KEY = /^(?:log_?)?level(?:no)?$/i;
/** `error` and `fatal` as pino and bunyan number them; Python's `critical` is 50 too. */
const BAD_LEVELS = [50, 60];
const NO_ERROR = /^(?:0+(?:\.0+)?||null|none|no|nil|false|ok|n\/a|-|success|no errors?)$/i;
/** How deep below an item its signals are looked for. */
const DEPTH = 4;

/** What a value under a key can say about errors. */
interface KeySigns {
  readonly error: boolean;
  readonly status: boolean;
  readonly http: boolean;
  readonly success: boolean;
  readonly exit: boolean;
  readonly level: boolean;
}

/**
 * Knows items that report an error, seen cold: by error fields, statuses, levels, HTTP codes of 400 and above, exit
 * codes, and the error words in their strings. The rows of a document share their keys, so each key is judged once.
 */
export class ErrorSigns {
  private readonly keys = new Map<string, KeySigns | undefined>();

  /** `written` is the item as JSON text, or the value of a string. */
  isError(node: JsonNode, written: string): boolean {
    if (node.kind !== 'string' && this.hasErrorField(node, 0)) return true;
    return hasErrorWord(written) && hasErrorText(node, 0);
  }

  private hasErrorField(node: JsonNode, depth: number): boolean {
    if (depth > DEPTH) return false;
    if (node.kind === 'array') return node.items.some((item) => this.hasErrorField(item, depth + 1));
    if (node.kind !== 'object') return false;
    for (const [index, value] of node.values.entries()) {
      const signs = this.signsOf(node.keys[index] ?? '');
      if (signs !== undefined && isErrorMember(signs, value)) return true;
      const isNested = value.kind === 'object' || value.kind === 'array';
      if (isNested && this.hasErrorField(value, depth + 1)) return true;
    }
    return false;
  }

  private signsOf(literal: string): KeySigns | undefined {
    if (this.keys.has(literal)) return this.keys.get(literal);
    const signs = signsOfKey(literal.slice(1, -1));
    this.keys.set(literal, signs);
    return signs;
  }
}

function signsOfKey(key: string): KeySigns | undefined {
  const signs = {
    error: ERROR_KEY.test(key),
    status: STATUS_KEY.test(key),
    http: HTTP_KEY.test(key),
    success: SUCCESS_KEY.test(key),
    exit: EXIT_KEY.test(key),
    level: LEVEL_KEY.test(key),
  };
  return Object.values(signs).includes(true) ? signs : undefined;
}

function isErrorMember(signs: KeySigns, value: JsonNode): boolean {
  if (signs.error) return hasValue(value);
  if (value.kind === 'string') {
    const text = value.text.slice(1, -1).trim();
    if (signs.success) return /^(?:false|no)$/i.test(text);
    return (signs.status && BAD_STATUS.test(text)) || (signs.http && HTTP_TEXT.test(text));
  }
  if (value.kind === 'number') {
    const number = Number(value.text);
    if (signs.http && number >= 400 && number < 600) return true;
    return (signs.exit && number !== 0) || (signs.level && BAD_LEVELS.includes(number));
  }
  return value.kind === 'literal' && value.text === 'false' && signs.success;
}

function hasValue(node: JsonNode): boolean {
  if (node.kind === 'array') return node.items.length > 0;
  if (node.kind === 'object') return node.values.some(hasValue);
  return !NO_ERROR.test(plainText(node).trim());
}

function plainText(node: JsonScalar): string {
  return node.kind === 'string' ? node.text.slice(1, -1) : node.text;
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
