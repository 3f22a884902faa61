const SAMPLE_CHARACTERS = 16_384;
const MIN_WORDS = 20;
/** Of prose so much are letters and the spaces between words; of listings, tables and data less. */
const MIN_LETTERS = 0.78;
/** Some words of every language that uses spaces are short; ids and base64 are not. */
const MAX_MEAN_WORD = 12;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

/** True for text made of sentences; fenced blocks in it do not count. */
export function isProse(text: string): boolean {
  const sample = withoutFences(text.slice(0, SAMPLE_CHARACTERS)).trim();
  if (/^(?:<[?!A-Za-z]|[[{]\s{0,40}["{[])/.test(sample)) return false;
  const unspaced = sample.match(UNSPACED)?.length ?? 0;
  if (unspaced > sample.length * 0.3) return true;
  const words = sample.match(/[\p{L}\p{M}'’]+/gu) ?? [];
  if (words.length < MIN_WORDS) return false;
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const spaces = sample.match(/[^\S\n](?=\S)/g)?.length ?? 0;
  const filled = sample.replace(/\s+/g, ' ').length;
  return (
    (letters + Math.min(spaces, words.length)) / filled >= MIN_LETTERS &&
    letters / words.length <= MAX_MEAN_WORD
  );
}

function withoutFences(text: string): string {
  let isInside = false;
  const lines = text.split('\n').filter((line) => {
    const isFence = /^\s{0,12}(?:`{3,}|~{3,})/.test(line);
    if (isFence) isInside = !isInside;
    return !isFence && !isInside;
  });
  return lines.join('\n');
}
