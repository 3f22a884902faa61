import { describe, expect, it } from 'vitest';
import { type JsonNode, parseJsonTree, writeJsonTree } from '#libs/json-text';
import { completeConfig, type CompressionMode } from '../../compression-config.js';
import type { StageContext, StageResult } from '../stage.js';
import { shortenEmbeddedTexts } from './embedded-texts.js';
import { jsonStage } from './json-stage.js';

const HASH = 'c'.repeat(24);
const count = (text: string): number => Math.ceil(text.length / 4);
const LOG = Array.from({ length: 300 }, (_, i) => `step ${i} finished`).join('\n');

/** A router that keeps the first line of whatever has many of them. */
const firstLine = (part: string, { config }: StageContext): StageResult => {
  const lines = part.split('\n');
  if (lines.length < 3) return 'not_compressible';
  const text = `${lines[0] ?? ''} (${config.mode})`;
  return { text, tokens: count(text), name: 'log', isLossy: true, itemsBefore: lines.length, itemsAfter: 1 };
};

function contextOf(mode: CompressionMode, route = firstLine): StageContext {
  return {
    counter: { countText: count },
    config: completeConfig({ mode }),
    tools: {},
    query: '',
    originalHash: HASH,
    isLate: () => false,
    route: (part: string, context: StageContext) => Promise.resolve(route(part, context)),
  } as unknown as StageContext;
}

function treeOf(value: unknown): JsonNode {
  const tree = parseJsonTree(JSON.stringify(value));
  if (tree === undefined) throw new Error('not JSON');
  return tree;
}

async function compress(value: unknown, mode: CompressionMode): Promise<StageResult> {
  const text = JSON.stringify(value);
  const content = { kind: 'json', confidence: 1, reason: 'test', document: treeOf(value) } as const;
  return jsonStage({ text, tokens: count(text), content }, contextOf(mode));
}

describe('long texts inside JSON', () => {
  it('are compressed in their place, under one marker for the document', async () => {
    const result = await compress({ exit_code: 0, stdout: LOG, note: 'short' }, 'ccr');
    if (typeof result === 'string') throw new Error(result);
    expect(JSON.parse(result.text)).toEqual({
      exit_code: 0,
      stdout: 'step 0 finished (lossy_inline)',
      note: 'short',
      _headroom: `[300 lines compressed to 1. Retrieve more: hash=${HASH}]`,
    });
    expect(result.isLossy).toBe(true);
  });

  it('are found wherever they lie, and told once where they repeat', async () => {
    let routed = 0;
    const context = contextOf('ccr', (part, inner) => {
      routed++;
      return firstLine(part, inner);
    });
    const document = treeOf([{ type: 'text', text: LOG }, { deep: [[{ text: LOG }]] }]);
    const shortened = await shortenEmbeddedTexts(document, context);
    expect(routed).toBe(1);
    expect(JSON.parse(writeJsonTree(shortened?.document ?? document))).toEqual([
      { type: 'text', text: 'step 0 finished (lossy_inline)' },
      { deep: [[{ text: 'step 0 finished (lossy_inline)' }]] },
    ]);
  });

  it('stay in lossless mode, and where they are short or the document is one string', async () => {
    expect(await shortenEmbeddedTexts(treeOf({ stdout: LOG }), contextOf('lossless'))).toBeUndefined();
    expect(await shortenEmbeddedTexts(treeOf({ stdout: 'a\nb\nc\nd' }), contextOf('ccr'))).toBeUndefined();
    expect(await shortenEmbeddedTexts(treeOf(LOG), contextOf('ccr'))).toBeUndefined();
  });
});
