import type { ContentKind, DetectedContent } from './content-kind.js';
import { detectSingle } from './detect-single.js';
import { sampleOf } from './sample.js';
import { type Part, splitMarked, SURE_OF_PROSE, withIntroduction } from './split-parts.js';

/** The beginning shows whether a text is of several kinds; a document may reach beyond it. */
const SHOWN_CHARACTERS = 24_576;
/** More pieces than this are one kind that quotes another all the time. */
const MAX_BLOCKS = 24;
/** Below this share of the text, blocks belong to what quotes them; a document's own examples may be most of it. */
const MIN_SHARE = 0.3;
const MIN_SHARE_OF_DOCUMENT = 0.7;
/** Kinds that somebody may have written an answer around. */
const OUTPUTS: readonly ContentKind[] = ['log', 'build_log', 'search'];
const PARTS_OF_PROSE: readonly ContentKind[] = ['text', 'markdown'];

/** Several kinds in one text: fenced blocks, documents below a line or two, sections under labels. */
export function detectMixed(text: string, single: DetectedContent): DetectedContent | undefined {
  const isFlowing = PARTS_OF_PROSE.includes(single.kind);
  const marked = splitMarked(text.slice(0, SHOWN_CHARACTERS));
  // Only what reads as prose has an introduction.
  const hasIntroduction = single.kind === 'text' && (marked.length > 1 || single.confidence < SURE_OF_PROSE);
  const parts = hasIntroduction ? withIntroduction(marked) : marked;
  const blocks = parts.filter(({ role }) => role === 'block');
  if (parts.length < 2 || blocks.length > MAX_BLOCKS) return undefined;
  // Source code quotes JSON and fences in its comments, a log the documents that it logs.
  if (
    !isFlowing &&
    single.confidence >= 0.9 &&
    blocks.length > 0 &&
    !outweighs(blocks, parts, MIN_SHARE_OF_DOCUMENT)
  )
    return undefined;
  const enough = single.kind === 'markdown' ? MIN_SHARE_OF_DOCUMENT : MIN_SHARE;
  if (blocks.length > 0 && outweighs(blocks, parts, enough)) return mixed(parts, blocks.length);
  if (single.kind === 'markdown') return undefined;
  const kinds = parts.map((part) => (part.role === 'frame' ? undefined : kindOfPart(part)));
  const others = new Set(kinds.filter((kind) => kind !== undefined && !PARTS_OF_PROSE.includes(kind)));
  const prose = parts.filter((_, index) => PARTS_OF_PROSE.includes(kinds[index] ?? 'mixed'));
  // Labels alone make no mixture: below them must stand what is not just more text.
  if (others.size === 0 || others.size + prose.length < 2) return undefined;
  const isOutput = OUTPUTS.includes(single.kind) && outweighs(prose, parts, MIN_SHARE);
  if (!isFlowing && !isOutput && single.confidence >= 0.8) return undefined;
  return mixed(parts, Math.max(blocks.length, others.size));
}

function mixed(parts: readonly Part[], blocks: number): DetectedContent {
  const others = parts.filter(({ role }) => role === 'prose').length;
  return {
    kind: 'mixed',
    confidence: 0.9,
    reason: `${blocks} blocks of their own kind, ${others} stretches of text around them`,
  };
}

function outweighs(blocks: readonly Part[], parts: readonly Part[], share: number): boolean {
  return charactersOf(blocks) >= charactersOf(parts) * share;
}

function charactersOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, 0);
}

function kindOfPart({ text }: Part): ContentKind | undefined {
  return text.trim() === '' ? undefined : detectSingle(sampleOf(text)).kind;
}
