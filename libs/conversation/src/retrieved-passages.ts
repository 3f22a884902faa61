/** The tags between which prompts carry what was retrieved for them. */
const TAGS = [
  'context',
  'document',
  'documents',
  'retrieved_documents',
  'retrieved_context',
  'search_results',
  'sources',
  'passages',
  'knowledge',
];

/** The retrieved passages of a prompt's text, tags included, in order and without those inside another. */
export function retrievedPassages(text: string): string[] {
  const passages: string[] = [];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const end = passageEnd(text, at);
    if (end < 0) continue;
    passages.push(text.slice(at, end));
    at = end - 1;
  }
  return passages;
}

const LONGEST_TAG = 24;

/** Where the passage that begins with a tag at `start` ends; -1 where none begins. */
function passageEnd(text: string, start: number): number {
  const name = /^<([a-z_]+)[\s>]/.exec(text.slice(start, start + LONGEST_TAG))?.[1];
  if (name === undefined || !TAGS.includes(name)) return -1;
  const close = `</${name}>`;
  const end = text.indexOf(close, start);
  return end < 0 ? -1 : end + close.length;
}
