/** Letters and apostrophes of ASCII by their codes. */
const ASCII_LETTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z']/.test(String.fromCharCode(code)) ? 1 : 0,
);
const OTHER_LETTER = /[\p{L}\p{M}’]/u;

export interface WordCount {
  /** Runs of two letters or more, marks and apostrophes included. */
  readonly words: number;
  /** UTF-16 units of those runs. */
  readonly letters: number;
}

/** Counts the words of a line; scanned by hand, since every line of every sample is looked at. */
export function wordsIn(line: string): WordCount {
  let words = 0;
  let letters = 0;
  let run = 0;
  let start = 0;
  for (let at = 0; at <= line.length;) {
    const code = line.codePointAt(at) ?? -1;
    const isLetter =
      code >= 0 && (code < 128 ? ASCII_LETTERS[code] === 1 : OTHER_LETTER.test(String.fromCodePoint(code)));
    if (isLetter) {
      if (run === 0) start = at;
      run++;
    } else {
      if (run > 1) {
        words++;
        letters += at - start;
      }
      run = 0;
    }
    at += code > 0xffff ? 2 : 1;
  }
  return { words, letters };
}
