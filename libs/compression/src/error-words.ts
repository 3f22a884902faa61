/** Words that make an item an error wherever they stand; the documented ones and their kin. */
const ERROR_WORDS = /error|exception|failed|failure|critical|fatal|panic|traceback|segfault/i;

export function hasErrorWord(text: string): boolean {
  return ERROR_WORDS.test(text);
}
