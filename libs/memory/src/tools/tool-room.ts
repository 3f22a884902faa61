import type { Caller, Clock, Scope } from '#libs/kernel';
import type { MemoryService } from '../memory-service.js';

/** Where one call of a memory tool acts: in the request's scope, by a caller who can reach no other user. */
export interface ToolRoom {
  readonly memories: MemoryService;
  readonly clock: Clock;
  readonly caller: Caller;
  readonly scope: Scope;
}
