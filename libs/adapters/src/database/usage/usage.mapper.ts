import type { RequestRecord, UsageTotals } from '#libs/usage';
import { labelText } from '../exact-text.js';
import { instant, json, numeric, optionalText, type Row, text } from '../row.js';
import { type Sql, sql } from '../sql.js';

export const REQUEST_COLUMNS = `tenant_id, id, user_id, at, operation, provider, model, mode, tokens_before,
  tokens_after, output_tokens, saved_usd, cost_usd, overhead_ms, latency_ms, transforms, failed`;

/** In the order of {@link REQUEST_COLUMNS}. */
export function requestValues(tenantId: string, record: RequestRecord): Sql {
  return sql`(${tenantId}, ${record.id}, ${record.userId}, ${record.at.getTime()}, ${labelText(record.operation)},
    ${label(record.provider)}, ${label(record.model)}, ${record.mode}, ${record.tokensBefore}, ${record.tokensAfter},
    ${record.outputTokens}, ${record.savedUsd}, ${record.costUsd}, ${record.overheadMs}, ${record.latencyMs},
    ${JSON.stringify(record.transforms)}, ${record.failed ? 1 : 0})`;
}

export function toRequest(row: Row): RequestRecord {
  const userId = optionalText(row, 'user_id');
  const provider = optionalText(row, 'provider');
  const model = optionalText(row, 'model');
  return {
    id: text(row, 'id'),
    at: instant(row, 'at'),
    ...(userId === undefined ? {} : { userId }),
    operation: text(row, 'operation'),
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    mode: text(row, 'mode'),
    tokensBefore: numeric(row, 'tokens_before'),
    tokensAfter: numeric(row, 'tokens_after'),
    outputTokens: numeric(row, 'output_tokens'),
    savedUsd: numeric(row, 'saved_usd'),
    costUsd: numeric(row, 'cost_usd'),
    overheadMs: numeric(row, 'overhead_ms'),
    latencyMs: numeric(row, 'latency_ms'),
    transforms: json(row, 'transforms') as string[],
    failed: numeric(row, 'failed') !== 0,
  };
}

export const TOTAL_COLUMNS = [
  'requests',
  'failed',
  'tokens_before',
  'tokens_after',
  'output_tokens',
  'saved_usd',
  'cost_usd',
];

/** In the order of {@link TOTAL_COLUMNS}. */
export function totalValues(totals: UsageTotals): Sql {
  return sql`${totals.requests}, ${totals.failed}, ${totals.tokensBefore}, ${totals.tokensAfter},
    ${totals.outputTokens}, ${totals.savedUsd}, ${totals.costUsd}`;
}

export function toTotals(row: Row): UsageTotals {
  const tokensBefore = numeric(row, 'tokens_before');
  const tokensAfter = numeric(row, 'tokens_after');
  return {
    requests: numeric(row, 'requests'),
    failed: numeric(row, 'failed'),
    tokensBefore,
    tokensAfter,
    tokensSaved: tokensBefore - tokensAfter,
    outputTokens: numeric(row, 'output_tokens'),
    savedUsd: numeric(row, 'saved_usd'),
    costUsd: numeric(row, 'cost_usd'),
  };
}

function label(value: string | undefined): string | undefined {
  return value === undefined ? undefined : labelText(value);
}
