import { requireUser, type Caller, type Clock, type Scope } from '#libs/kernel';
import type { MemoryService } from '../memory-service.js';
import { TenantCounts } from '../tenant-counts.js';
import { deleteMemory, updateMemory } from './change-memory.js';
import { listMemories } from './list-memories.js';
import {
  isMemoryTool,
  MEMORY_TOOL_DEFINITIONS,
  MEMORY_TOOL_NAMES,
  type MemoryToolName,
} from './memory-tool-definitions.js';
import { saveMemory } from './save-memory.js';
import { searchMemories } from './search-memories.js';
import { ToolArguments } from './tool-arguments.js';
import { errorResult, type MemoryToolResult } from './tool-result.js';
import type { ToolRoom } from './tool-room.js';

/** A model's call of a memory tool. */
export interface MemoryToolCall {
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
  /** Of the request: the tools see what it sees and save for its user. */
  readonly scope: Scope;
}

/** What models did with the tools since the start, for one tenant. */
export interface MemoryToolUse {
  readonly calls: Readonly<Record<MemoryToolName, number>>;
  /** Calls whose result was an error, or that could not be answered. */
  readonly errors: number;
}

type Answering = (room: ToolRoom, given: ToolArguments) => Promise<MemoryToolResult>;

const ANSWERING: Readonly<Record<MemoryToolName, Answering>> = {
  memory_save: saveMemory,
  memory_search: searchMemories,
  memory_update: updateMemory,
  memory_delete: deleteMemory,
  memory_list: listMemories,
};
const ERRORS = 'errors';

/**
 * Memory as a model works on it, by calls of tools. Whatever ids a model names, it reaches nothing but what the
 * request's scope sees. Source of names and shapes: the inline memory of the public Headroom clients.
 */
export class MemoryTools {
  readonly definitions = MEMORY_TOOL_DEFINITIONS;
  readonly #counts = new TenantCounts();

  constructor(
    private readonly memories: MemoryService,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers one call; what is wrong with it is told in the result, with the remedy.
   * @throws HeadroomError `forbidden` for a user outside the caller's key; whatever the store throws when it fails.
   */
  async answer(caller: Caller, { name, arguments: text, scope }: MemoryToolCall): Promise<MemoryToolResult> {
    requireUser(caller, scope.userId);
    if (!isMemoryTool(name)) throw new RangeError(`${name} is no memory tool.`);
    this.#counts.add(caller, name);
    const bound: Caller = { ...caller, users: [scope.userId] };
    const room = { memories: this.memories, clock: this.clock, caller: bound, scope };
    try {
      const result = await ANSWERING[name](room, ToolArguments.read(text));
      if (result.status === 'error') this.#counts.add(caller, ERRORS);
      return result;
    } catch (error) {
      this.#counts.add(caller, ERRORS);
      const result = errorResult(error, name === 'memory_update' ? { content: 'new_content' } : {});
      if (result === null) throw error;
      return result;
    }
  }

  use(caller: Caller): MemoryToolUse {
    const calls = Object.fromEntries(
      MEMORY_TOOL_NAMES.map((name) => [name, this.#counts.of(caller, name)]),
    ) as Record<MemoryToolName, number>;
    return { calls, errors: this.#counts.of(caller, ERRORS) };
  }
}
