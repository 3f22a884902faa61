export { InMemorySharedContextStore } from '../../libs/adapters/src/in-memory/in-memory-shared-context-store.js';
export { InProcessWakeups } from '../../libs/adapters/src/wakeups/in-process-wakeups.js';
