/** A whole JSON array: `[N items compressed to M. Retrieve more: hash=H]`. */
export function itemsMarker(total: number, kept: number, hash: string): string {
  return `[${total} items compressed to ${kept}. Retrieve more: hash=${hash}]`;
}

/** Log lines or lines of text. */
export function linesMarker(total: number, kept: number, hash: string): string {
  return `[${total} lines compressed to ${kept}. Retrieve more: hash=${hash}]`;
}

/** Search hits. */
export function matchesMarker(total: number, kept: number, hash: string): string {
  return `[${total} matches compressed to ${kept}. Retrieve more: hash=${hash}]`;
}

/** Lines of a diff. */
export function diffMarker(total: number, kept: number, hash: string): string {
  return `[${total} lines compressed to ${kept}. Retrieve full diff: hash=${hash}]`;
}

/** Messages left out of a context; the hash is that of the JSON array of all of them. */
export function droppedMessagesMarker(count: number, hash: string): string {
  return (
    `[Earlier context compressed: ${count} message(s) dropped by importance scoring. ` +
    `Full content available via ccr_retrieve tool with reference '${hash}'.]`
  );
}

/** The hashes of all markers in a text, each once, in order of appearance. */
export function markerHashes(text: string): string[] {
  const hashes = new Set<string>();
  for (const match of text.matchAll(/\bhash=([a-f0-9]{24})(?![a-f0-9])|with reference '([a-f0-9]{24})'/g)) {
    const hash = match[1] ?? match[2];
    if (hash !== undefined) hashes.add(hash);
  }
  return [...hashes];
}
