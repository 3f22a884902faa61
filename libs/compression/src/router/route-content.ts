import { jsonStage } from '../stages/json/json-stage.js';
import { logStage } from '../stages/log/log-stage.js';
import type { Stage } from '../stages/stage.js';
import type { ContentKind } from './detect-content.js';

/** The stage for each kind of content; kinds without one pass through. */
const STAGES: Readonly<Partial<Record<ContentKind, Stage>>> = {
  json: jsonStage,
  log: logStage,
};

export function stageFor(kind: ContentKind): Stage | undefined {
  return STAGES[kind];
}
