const UTF8 = 0;
const UTF16LE = 1;

/**
 * Text as bytes that give back exactly the same text, NUL, empty strings and lone surrogates included, which no text
 * column of either database does. One byte names the encoding: 0 UTF-8, 1 UTF-16LE for text that is not well-formed.
 */
export function encodeText(text: string): Buffer {
  const encoding = text.isWellFormed() ? 'utf8' : 'utf16le';
  const encoded = Buffer.allocUnsafe(1 + Buffer.byteLength(text, encoding));
  encoded[0] = encoding === 'utf8' ? UTF8 : UTF16LE;
  encoded.write(text, 1, encoding);
  return encoded;
}

/** The text that {@link encodeText} was given. */
export function decodeText(encoded: Buffer): string {
  switch (encoded[0]) {
    case UTF8:
      return encoded.toString('utf8', 1);
    case UTF16LE:
      return encoded.toString('utf16le', 1);
    default:
      throw new TypeError('These bytes are not a stored text.');
  }
}

/**
 * Text for a plain text column, where a label is shown and compared but need not come back byte for byte: NUL, which
 * PostgreSQL refuses, and lone surrogates become U+FFFD.
 */
export function labelText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
