import { parseJsonTree } from '#libs/json-text';
import type { DetectedContent } from './content-kind.js';
import { detectMixed } from './detect-mixed.js';
import { jsonBlockAt } from './json-block.js';
import { detectSingle } from './detect-single.js';
import { sampleOf } from './sample.js';

export type { ContentKind, DetectedContent } from './content-kind.js';

const CUT_CHARACTERS = 65_536;

/**
 * Tells by structure what kind of content a text is; what fits nowhere is `text`. Only JSON is read whole, and once:
 * of everything else a sample is looked at.
 */
export function detectContent(text: string): DetectedContent {
  return documentIn(text) ?? cutDocumentIn(text) ?? detectUnparsed(text);
}

/** As `detectContent`, but one kind for the whole text even where it is of several. */
export function detectWhole(text: string): DetectedContent {
  return documentIn(text) ?? cutDocumentIn(text) ?? detectSingle(sampleOf(text));
}

function detectUnparsed(text: string): DetectedContent {
  const single = detectSingle(sampleOf(text));
  return detectMixed(text, single) ?? single;
}

/** A document that ends in its middle can be read by people alone. */
function cutDocumentIn(text: string): DetectedContent | undefined {
  if (!/^\s{0,200}(?:\{\s{0,200}"|\[\s{0,200}[[{"])/.test(text.slice(0, 512))) return undefined;
  const block = jsonBlockAt(text.slice(0, CUT_CHARACTERS), text.search(/[[{]/));
  const isCut = block?.isClosed === false && (text.length <= CUT_CHARACTERS || !endsAsDocument(text));
  return isCut ? { kind: 'text', confidence: 0.9, reason: 'JSON that is cut off' } : undefined;
}

function endsAsDocument(text: string): boolean {
  return /[\]}]\s{0,64}$/.test(text.slice(-80));
}

function documentIn(text: string): DetectedContent | undefined {
  if (!/^\s{0,200}[[{]/.test(text.slice(0, 256))) return undefined;
  const document = parseJsonTree(text);
  if (document?.kind !== 'array' && document?.kind !== 'object') return undefined;
  return { kind: 'json', confidence: 1, reason: 'parses as JSON', document };
}
