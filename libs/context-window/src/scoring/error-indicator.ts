import type { ContentPart, Message } from '#libs/kernel';
import { partsOf } from '../message-calls.js';

/** After the name of a field of JSON: it holds anything but nothing. */
export const HOLDS_SOMETHING = String.raw`\s*:\s*(?!null|false|0\b|""|\[\s*\]|\{\s*\}|\s)`;

/** Fields of JSON that say by their name and value that something went wrong, wherever they stand. */
const ERROR_FIELDS = new RegExp(
  [
    // Anything but nothing: `"error": "not found"`, `"errors": [{…`, but not `"error": null`.
    String.raw`"(?:errors?|exception|traceback|stack_?trace|error_?(?:message|code|type|details?)|failure)"${HOLDS_SOMETHING}`,
    String.raw`"is_?error"\s*:\s*true`,
    String.raw`"(?:success|ok|succeeded)"\s*:\s*false`,
    String.raw`"(?:exit_?code|return_?code|exit_?status)"\s*:\s*-?[1-9]`,
    String.raw`"(?:status|status_?code|http_?status|code)"\s*:\s*[45]\d\d\b`,
  ].join('|'),
  'i',
);

/** Forms that errors have in text, whatever they say. */
const ERROR_FORMS: readonly RegExp[] = [
  // A label at the beginning of the whole text, as tools answer: `Error: user not found`.
  /^\s*(?:\w+\s)?(?:error|fatal|panic)\s*:/i,
  // Stack traces of Python, JavaScript and Java, Go, Rust.
  /^Traceback \(most recent call last\):/m,
  /^\s+at \S.*[(:]\S*:\d+\)?$/m,
  /^goroutine \d+ \[/m,
  /^thread '[^']*' panicked at /m,
  // The type of an exception where its message begins.
  /^(?:[\w.$]+\.)?[A-Z]\w*(?:Error|Exception)(?::|$)/m,
  // Compilers and linters: place, level, message.
  /^\S+?(?::\d+){1,2}:? (?:fatal )?error\b/m,
  /^\S+\(\d+,\d+\): error\b/m,
  // Test runners.
  /^(?:FAILED|FAIL|--- FAIL:|not ok \d+)\s/m,
  /\b[1-9]\d* fail(?:ed|ing|ures)\b/,
  // Exit codes and HTTP statuses.
  /(?:[Ee]xit(?:ed with)?|[Rr]eturn(?:ed)?)[ -](?:code|status)[:= ]+[1-9]/,
  /\bHTTP\/\d(?:\.\d)? [45]\d\d\b/,
];

/**
 * 1 for a message that bears an error, told by structure and not by words: flags, error fields, statuses of 400 and
 * more, exit codes, stack traces, exceptions, failed tests. @param texts what can be read of the message.
 */
export function errorIndicator(message: Message, texts: readonly string[]): number {
  const isFlaggedSomewhere = isFlagged(message) || partsOf(message).some(isFlagged);
  return isFlaggedSomewhere || texts.some(bearsError) ? 1 : 0;
}

function isFlagged(holder: Message | ContentPart): boolean {
  return holder['is_error'] === true;
}

function bearsError(text: string): boolean {
  if (ERROR_FIELDS.test(text)) return true;
  return !isJson(text) && ERROR_FORMS.some((form) => form.test(text));
}

function isJson(text: string): boolean {
  return /^\s{0,64}[[{]["[{\s\d]/.test(text);
}
