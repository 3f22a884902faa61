import { createHash } from 'node:crypto';
import {
  emptyPattern,
  hintsFor,
  type LearnedElsewhere,
  type LearningTotals,
  type ToolPattern,
} from '#libs/learning';
import type { Wire } from '../../http/wire.js';
import { fromHints } from './feedback.mapper.js';
import type { ImportedTool, LearnedImport } from './learned-import.schema.js';
import { toTelemetry } from './telemetry.mapper.js';

const VERSION = '1.0';
/** More recent outputs than an own window holds would outweigh what is seen here. */
const MOST_RECENT = 50;

/** Names stand in values, never as keys: clients rewrite the spelling of keys. */
export function toExport({ source, patterns, exportedAt }: LearnedElsewhere, totals: LearningTotals): Wire {
  const bySignature = new Map<string, ToolPattern[]>();
  for (const pattern of patterns)
    bySignature.set(pattern.signature, [...(bySignature.get(pattern.signature) ?? []), pattern]);
  return {
    version: VERSION,
    export_timestamp: exportedAt.toISOString(),
    source,
    summary: toTelemetry(totals),
    tool_stats: Object.fromEntries(
      [...bySignature].map(([signature, tools]) => [
        signature,
        { content_kind: tools[0]?.kind ?? 'unknown', tools: tools.map(toTool) },
      ]),
    ),
    recommendations: Object.fromEntries(
      patterns.map((pattern) => [pattern.signature, fromHints(hintsFor(pattern))]),
    ),
  };
}

function toTool(pattern: ToolPattern): Wire {
  return {
    tool_name: pattern.toolName,
    total_compressions: pattern.compressions,
    total_retrievals: pattern.retrievals,
    full_retrievals: pattern.fullRetrievals,
    tokens_before: pattern.tokensBefore,
    tokens_after: pattern.tokensAfter,
    items_before: pattern.itemsBefore,
    items_after: pattern.itemsAfter,
    items_retrieved: pattern.itemsRetrieved,
    lately: toEvidence(pattern.lately),
    latest: toEvidence(pattern.latest),
    fields: Object.entries(pattern.fields).map(([name, field]) => ({ name, ...field })),
    queries: Object.entries(pattern.queries).map(([fields, count]) => ({ fields, count })),
  };
}

function toEvidence({ outputs, retrievals, fullRetrievals }: ToolPattern['lately']): Wire {
  return { outputs, retrievals, full_retrievals: fullRetrievals };
}

/** An export that names no source is its own: the same again is the same source. */
export function fromImport(body: LearnedImport): LearnedElsewhere {
  const { source, export_timestamp: at, tool_stats: stats } = body;
  const patterns = Object.entries(stats).flatMap(([signature, { content_kind: kind, tools, ...counts }]) =>
    (tools ?? [counts]).map((tool) => fromTool(signature, kind, tool)),
  );
  return { source: source ?? `exp_${hashOf(stats)}`, exportedAt: at, patterns };
}

function fromTool(signature: string, kind: string, tool: ImportedTool): ToolPattern {
  return {
    ...emptyPattern({ signature, toolName: tool.tool_name }, kind),
    compressions: tool.total_compressions,
    retrievals: tool.total_retrievals,
    fullRetrievals: tool.full_retrievals,
    tokensBefore: tool.tokens_before,
    tokensAfter: tool.tokens_after,
    itemsBefore: tool.items_before,
    itemsAfter: tool.items_after,
    itemsRetrieved: tool.items_retrieved,
    lately: fromEvidence(tool.lately),
    latest: fromEvidence(tool.latest),
    fields: Object.fromEntries(tool.fields.map(({ name, ...field }) => [name, field])),
    queries: Object.fromEntries(tool.queries.map(({ fields, count }) => [fields, count])),
  };
}

function fromEvidence(evidence: ImportedTool['lately']): ToolPattern['lately'] {
  const share = Math.min(1, MOST_RECENT / Math.max(1, evidence.outputs));
  return {
    outputs: evidence.outputs * share,
    retrievals: evidence.retrievals * share,
    fullRetrievals: evidence.full_retrievals * share,
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);
}
