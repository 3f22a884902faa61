import type { DetectedContent } from './content-kind.js';
import { detectBuildOutput } from './detectors/build-output.js';
import { detectDelimitedRows } from './detectors/delimited-rows.js';
import type { Detector } from './detectors/detector.js';
import { detectJsonLines } from './detectors/json-lines.js';
import { detectLog } from './detectors/log-lines.js';
import { detectMarkup } from './detectors/markup.js';
import { asText, detectMarkdown } from './detectors/prose.js';
import { detectSearchHits } from './detectors/search-hits.js';
import { detectSourceCode } from './detectors/source-code.js';
import { detectDiff } from './detectors/unified-diff.js';
import type { Sample } from './sample.js';

/** Of equal confidence the first is believed. */
const DETECTORS: readonly Detector[] = [
  detectDiff,
  detectJsonLines,
  detectMarkup,
  detectDelimitedRows,
  detectSearchHits,
  detectBuildOutput,
  detectLog,
  detectSourceCode,
  detectMarkdown,
];

/** Nobody is asked after a detector that is as sure as this. */
const SURE = 0.99;

/** The one kind that describes a sample best. */
export function detectSingle(sample: Sample): DetectedContent {
  let best: DetectedContent | undefined;
  for (const detect of DETECTORS) {
    const found = detect(sample);
    if (found !== undefined && found.confidence > (best?.confidence ?? 0)) best = found;
    if (best !== undefined && best.confidence >= SURE) return rounded(best);
  }
  const text = asText(sample);
  return rounded(best === undefined || text.confidence >= best.confidence ? text : best);
}

function rounded(content: DetectedContent): DetectedContent {
  return { ...content, confidence: Math.round(Math.min(1, content.confidence) * 100) / 100 };
}
