import type { CompressionConfig } from '../compression-config.js';
import { codeStage } from '../stages/code/code-stage.js';
import { htmlStage } from '../stages/html/html-stage.js';
import { csvStage } from '../stages/csv/csv-stage.js';
import { diffStage } from '../stages/diff/diff-stage.js';
import { jsonStage } from '../stages/json/json-stage.js';
import { jsonlStage } from '../stages/jsonl/jsonl-stage.js';
import { logStage } from '../stages/log/log-stage.js';
import { mixedStage } from '../stages/mixed/mixed-stage.js';
import { searchStage } from '../stages/search/search-stage.js';
import type { Stage } from '../stages/stage.js';
import { textStage } from '../stages/text/text-stage.js';
import type { ContentKind } from './content-kind.js';

interface Route {
  readonly stage: Stage;
  /** False leaves the content as it is with the reason `disabled`. */
  readonly isEnabled: (config: CompressionConfig) => boolean;
}

/** The stage for each kind of content; kinds without one pass through. */
const ROUTES: Readonly<Partial<Record<ContentKind, Route>>> = {
  // What is lossless about JSON stays on when SmartCrusher is off; the stage sees to that.
  json: { stage: jsonStage, isEnabled: () => true },
  jsonl: { stage: jsonlStage, isEnabled: () => true },
  csv: { stage: csvStage, isEnabled: () => true },
  log: { stage: logStage, isEnabled: (config) => config.log.enabled },
  build_log: { stage: logStage, isEnabled: (config) => config.log.enabled },
  html: { stage: htmlStage, isEnabled: (config) => config.html.enabled },
  code: { stage: codeStage, isEnabled: (config) => config.code.enabled },
  diff: { stage: diffStage, isEnabled: (config) => config.diff.enabled },
  search: { stage: searchStage, isEnabled: (config) => config.search.enabled },
  text: { stage: textStage, isEnabled: (config) => config.text.enabled },
  markdown: { stage: textStage, isEnabled: (config) => config.text.enabled },
  // Each part goes by its own kind's setting.
  mixed: { stage: mixedStage, isEnabled: () => true },
};

/** The stage that a kind of content goes to, or why it goes to none. */
export function stageFor(
  kind: ContentKind,
  config: CompressionConfig,
): Stage | 'disabled' | 'not_compressible' {
  const route = ROUTES[kind];
  if (route === undefined) return 'not_compressible';
  return route.isEnabled(config) ? route.stage : 'disabled';
}
