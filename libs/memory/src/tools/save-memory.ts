import { MEMORY_CATEGORIES, isMemoryCategory, type MemoryCategory } from '../model/memory.js';
import type { ToolArguments } from './tool-arguments.js';
import type { MemoryToolResult } from './tool-result.js';
import type { ToolRoom } from './tool-room.js';

/** Stores a memory for the user, as extraction does: what is learned in one session is there in the next. */
export async function saveMemory(
  { memories, caller, scope }: ToolRoom,
  given: ToolArguments,
): Promise<MemoryToolResult> {
  const content = given.requiredText('content');
  const category = categoryOf(given);
  const importance = given.number('importance');
  const subject = given.text('subject')?.trim();
  const entities = given.names('entities');
  given.check();
  const { status, memory, superseded, ...outcome } = await memories.create(caller, {
    scope: { userId: scope.userId },
    content,
    category,
    importance,
    subject: subject === '' ? undefined : subject,
    entities,
    ...(scope.agentId !== undefined && { source: { agent: scope.agentId } }),
  });
  const near = outcome.nearDuplicate?.id;
  return {
    status: 'saved',
    memory_id: memory.id,
    content: memory.content,
    ...(status === 'duplicate' && { deduplicated: true }),
    ...(superseded !== undefined && { superseded: superseded.id }),
    ...(near !== undefined && { near_duplicate: near }),
  };
}

function categoryOf(given: ToolArguments): MemoryCategory | undefined {
  const category = given.text('category')?.trim().toLowerCase() ?? '';
  if (category === '' || isMemoryCategory(category)) return category === '' ? undefined : category;
  given.refuse('category', `must be one of ${MEMORY_CATEGORIES.join(', ')}`);
  return undefined;
}
