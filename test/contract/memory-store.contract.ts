import type { MemoryStore } from '#libs/memory';
import type { FakeClock } from '../support/fake-clock.js';
import { storingBatches } from './memory-store/batches.contract.js';
import { MemoryRoom } from './memory-store/memory-room.js';
import { rollingBackMemories } from './memory-store/rolling-back.contract.js';
import { searchingMemories } from './memory-store/searching.contract.js';
import { seeingMemories } from './memory-store/seeing.contract.js';
import { transferringMemories } from './memory-store/transferring.contract.js';
import { writingMemories } from './memory-store/writing.contract.js';

/** What every store of memories does. */
export function memoryStoreContract(open: (clock: FakeClock) => Promise<MemoryStore>): void {
  const room = new MemoryRoom(open);
  writingMemories(room);
  storingBatches(room);
  seeingMemories(room);
  searchingMemories(room);
  rollingBackMemories(room);
  transferringMemories(room);
}
