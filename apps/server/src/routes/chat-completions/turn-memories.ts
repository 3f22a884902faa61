import type { TurnMemory } from '#libs/chat';
import type { Caller } from '#libs/kernel';
import {
  MemoryBlockStripper,
  type InjectOutcome,
  type InjectRequest,
  type MemoryExtractor,
  type MemoryInjector,
  type StoreBlocksOutcome,
  type StoreBlocksRequest,
} from '#libs/memory';

/** Recall before the model speaks, and what it wants remembered afterwards. */
export class TurnMemories implements TurnMemory {
  constructor(
    private readonly injector: MemoryInjector,
    private readonly extractor: MemoryExtractor,
  ) {}

  openStripper(): MemoryBlockStripper {
    return new MemoryBlockStripper();
  }

  inject(caller: Caller, request: InjectRequest): Promise<InjectOutcome> {
    return this.injector.inject(caller, request);
  }

  storeBlocks(caller: Caller, request: StoreBlocksRequest): Promise<StoreBlocksOutcome> {
    return this.extractor.store(caller, request);
  }
}
