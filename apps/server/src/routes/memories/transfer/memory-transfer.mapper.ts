import type { ExportRequest, ImportSummary, Memory, RollbackChange, RollbackRequest } from '#libs/memory';
import { toScope } from '../../../http/scope.schema.js';
import { toDate } from '../../../http/wire-value.schema.js';
import type { Wire } from '../../../http/wire.js';
import { toMemory } from '../memory.mapper.js';
import type { ImportOptions } from './import-records.js';
import type { ExportMemories, ImportMemories, RollbackMemories } from './memory-transfer.schema.js';

export function toExportRequest({ after, ...scope }: ExportMemories): ExportRequest {
  return { scope: toScope(scope), after };
}

/** NDJSON, page by page. */
export async function* toLines(pages: AsyncIterable<readonly Memory[]>): AsyncGenerator<string> {
  for await (const memories of pages) yield memories.map(toLine).join('');
}

function toLine(memory: Memory): string {
  const { embedding_model: _index, ...line } = toMemory(memory);
  return `${JSON.stringify(line)}\n`;
}

export function toImportOptions({ format, user_id }: ImportMemories): ImportOptions {
  return { format, userId: user_id };
}

export function toImported({ imported, skipped, failed, errors }: ImportSummary): Wire {
  return { imported, skipped, failed, errors: errors.map(({ line, detail }) => ({ line, detail })) };
}

export function toRollbackRequest({ to, dry_run, ...scope }: RollbackMemories): RollbackRequest {
  return { scope: toScope(scope), to: toDate(to), dryRun: dry_run };
}

/** What a dry run would make has no id yet. */
export function toRollback(changes: readonly RollbackChange[], { dryRun }: RollbackRequest): Wire {
  return {
    changes: changes.map(({ id, action, before, after }) => ({
      id,
      action,
      before: before && toMemory(before),
      after: after && { ...toMemory(after), ...(dryRun === true && { id: null }) },
    })),
  };
}
