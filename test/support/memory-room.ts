import { InMemoryMemoryStore, InProcessJobQueue } from '#libs/adapters';
import type { Scope } from '#libs/kernel';
import {
  type CreateOutcome,
  type Embedder,
  type Memory,
  type MemoryDraft,
  MemoryExtractor,
  MemoryInjector,
  type MemoryPlacement,
  MemoryService,
  type MemoryToolName,
  MemoryTools,
} from '#libs/memory';
import { aCaller } from './callers.js';
import { CountingIds } from './counting-ids.js';
import { FakeClock } from './fake-clock.js';
import { InstantPause } from './scripted-embedder.js';

/** The memory lib over the in-memory store, with time, ids and embedder under the test's control. */
export function aMemoryRoom(
  embedder: Embedder | null = null,
  pause = new InstantPause(),
  store = new InMemoryMemoryStore(),
) {
  const clock = new FakeClock();
  const memories = new MemoryService(
    store,
    embedder,
    clock,
    new CountingIds(),
    pause,
    new InProcessJobQueue(),
  );
  const caller = aCaller();
  const tools = new MemoryTools(memories, clock);
  const create = (content: string, draft: Partial<MemoryDraft> = {}): Promise<CreateOutcome> =>
    memories.create(caller, { scope: { userId: 'anna' }, content, ...draft });
  const remember = async (content: string, draft: Partial<MemoryDraft> = {}): Promise<Memory> =>
    (await create(content, draft)).memory;
  return {
    caller,
    clock,
    store,
    memories,
    pause,
    create,
    remember,
    injector: new MemoryInjector(memories),
    /** Puts what it recalls in another place. */
    injectorTo: (placement: MemoryPlacement) => new MemoryInjector(memories, placement),
    tools,
    /** A model calls a memory tool. */
    call: (name: MemoryToolName, given: object | string = {}, scope: Scope = { userId: 'anna' }) =>
      tools.answer(caller, {
        name,
        arguments: typeof given === 'string' ? given : JSON.stringify(given),
        scope,
      }),
    extractor: new MemoryExtractor(memories),
  };
}
