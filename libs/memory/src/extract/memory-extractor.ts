import { HeadroomError, requireUser, type Caller } from '#libs/kernel';
import type { ExtractOutcome, ExtractRequest, StoreBlocksOutcome, StoreBlocksRequest } from '../contract.js';
import type { MemoryService } from '../memory-service.js';
import type { Memory, MemorySource } from '../model/memory.js';
import { TenantCounts } from '../tenant-counts.js';
import { MemoryBlockStripper } from './block-stripper.js';
import { parseBlock } from './parse-block.js';

const MALFORMED = 'malformed_blocks';

/**
 * Stores what a model handed over in memory blocks. It belongs to the user, whatever session or agent it was said
 * in: what was learned in one session is there in the next. Where it was learned stays in its source. An item that
 * names a known subject replaces what was known; a block that is not the JSON asked for is counted and dropped.
 */
export class MemoryExtractor {
  readonly #counts = new TenantCounts();

  constructor(private readonly memories: MemoryService) {}

  /** How many malformed blocks of the caller's tenant were dropped since the start. */
  malformedBlocks(caller: Caller): number {
    return this.#counts.of(caller, MALFORMED);
  }

  /** Strips the blocks from an answer and stores what they say. */
  async extract(caller: Caller, request: ExtractRequest): Promise<ExtractOutcome> {
    const stripper = new MemoryBlockStripper();
    const content = stripper.push(request.content) + stripper.end();
    const { scope, source } = request;
    const outcome = await this.store(caller, { blocks: stripper.blocks, scope, source });
    return { content, ...outcome };
  }

  /** Stores what blocks say that were stripped from a stream. */
  async store(caller: Caller, { blocks, scope, source }: StoreBlocksRequest): Promise<StoreBlocksOutcome> {
    requireUser(caller, scope.userId);
    const stored: Memory[] = [];
    const duplicates: Memory[] = [];
    const superseded: string[] = [];
    const rejected: { content: string; reason: string }[] = [];
    const parsed = blocks.map(parseBlock);
    const malformed = parsed.filter((items) => items === null).length;
    this.#counts.add(caller, MALFORMED, malformed);
    const provenance: MemorySource = { ...source, agent: source?.agent ?? scope.agentId };
    const hasProvenance = Object.values(provenance).some((value) => value !== undefined);
    for (const entry of parsed.flatMap((items) => items ?? [])) {
      if ('reason' in entry) {
        rejected.push(entry);
        continue;
      }
      try {
        const outcome = await this.memories.create(caller, {
          ...entry.item,
          scope: { userId: scope.userId },
          ...(hasProvenance && { source: provenance }),
        });
        (outcome.status === 'created' ? stored : duplicates).push(outcome.memory);
        if (outcome.superseded !== undefined) superseded.push(outcome.superseded.id);
      } catch (error) {
        rejected.push(refusal(entry.item.content, error));
      }
    }
    return { stored, duplicates, superseded, rejected, malformed };
  }
}

/** A refused secret is not repeated; any other refused content is. */
function refusal(content: string, error: unknown): { content: string; reason: string } {
  if (!(error instanceof HeadroomError)) throw error;
  if (error.code === 'secret_refused') return { content: '[redacted]', reason: error.message };
  if (error.code === 'validation_error' || error.code === 'conflict')
    return { content, reason: error.message };
  throw error;
}
