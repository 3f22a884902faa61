/** Tags at which a line ends. */
const LINE_TAGS = new Set(
  (
    'address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section table td th title tr ul'
  ).split(' '),
);
const LONGEST_NAME = 12;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * The text between the tags, a line for each block: for pages that are too large or too broken to build a tree of.
 * One pass over the source, whatever is in it.
 */
export function stripTags(source: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = source.indexOf('<'); at >= 0; at = source.indexOf('<', from)) {
    const name = tagName(source, at + 1);
    parts.push(source.slice(from, at));
    if (name === undefined) {
      parts.push('<');
      from = at + 1;
      continue;
    }
    const end = source.indexOf('>', at);
    if (end < 0) {
      from = source.length;
      break;
    }
    if (LINE_TAGS.has(name)) parts.push('\n');
    from = end + 1;
  }
  parts.push(source.slice(from));
  return tidyLines(decodeEntities(parts.join('')));
}

/** The name of the tag that begins at `at`, also of a closing one; `undefined` where none begins. */
function tagName(source: string, at: number): string | undefined {
  const start = source.slice(at, at + LONGEST_NAME + 1);
  return /^[/!?]?([a-z][a-z0-9]*)/i.exec(start)?.[1]?.toLowerCase() ?? (/^[!?]/.test(start) ? '' : undefined);
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function tidyLines(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const tidy = line.replace(/\s+/g, ' ').trim();
    if (tidy !== '') lines.push(tidy);
  }
  return lines.join('\n');
}
