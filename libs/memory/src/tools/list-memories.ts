import { LIST_LIMIT_MAX } from './memory-tool-definitions.js';
import type { ToolArguments } from './tool-arguments.js';
import { withinOneResult, type MemoryToolResult } from './tool-result.js';
import type { ToolRoom } from './tool-room.js';

const DEFAULT_LIMIT = 50;

/** Lists what the scope sees, newest first. */
export async function listMemories(
  { memories, caller, scope }: ToolRoom,
  given: ToolArguments,
): Promise<MemoryToolResult> {
  const limit = given.count('limit', LIST_LIMIT_MAX) ?? DEFAULT_LIMIT;
  given.check();
  const { data, nextCursor } = await memories.list(caller, { scope, limit });
  const shown = withinOneResult(data);
  return {
    status: 'listed',
    count: shown.length,
    memories: shown.map(({ id, content, createdAt }) => ({
      id,
      content,
      created_at: createdAt.toISOString(),
    })),
    has_more: nextCursor !== null || shown.length < data.length,
  };
}
