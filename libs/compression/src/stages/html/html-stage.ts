import { linesMarker } from '#libs/ccr';
import { detectContent } from '../../router/detect-content.js';
import type { Stage } from '../stage.js';
import { extractPage } from './extract-page.js';

/** A page that is nearly all text already stays as it is. */
const LOSSY_SHARE = 0.85;

/** Web pages: their text as Markdown, without what is around it. */
export const htmlStage: Stage = async ({ text, tokens }, { config, counter, originalHash, isLate }) => {
  if (config.mode === 'lossless') return 'not_smaller';
  if (isLate()) return 'deadline';
  const extracted = await extractPage(text, config.html.includeLinks);
  if (isLate()) return 'deadline';
  // A page about pages may give a text that reads like one: it would be taken apart again next time.
  if (extracted === '' || detectContent(extracted).kind === 'html') return 'not_compressible';
  const itemsBefore = lineCount(text);
  const itemsAfter = lineCount(extracted);
  const marker = config.mode === 'ccr' ? `\n${linesMarker(itemsBefore, itemsAfter, originalHash)}` : '';
  const output = extracted + marker;
  if (output.length >= text.length * LOSSY_SHARE) return 'not_smaller';
  const tokensAfter = counter.countText(output);
  if (tokensAfter >= tokens) return 'not_smaller';
  return { text: output, tokens: tokensAfter, name: 'html', isLossy: true, itemsBefore, itemsAfter };
};

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
