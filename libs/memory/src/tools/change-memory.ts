import { HeadroomError, isVisible } from '#libs/kernel';
import type { MemoryHistory } from '../contract.js';
import type { Memory } from '../model/memory.js';
import type { ToolArguments } from './tool-arguments.js';
import { NOT_FOUND, replacedBy, type MemoryToolError, type MemoryToolResult } from './tool-result.js';
import type { ToolRoom } from './tool-room.js';

/** Others may change a memory between the look at it and the act; beyond this many times the model is told. */
const MAX_ATTEMPTS = 3;

/** Puts a newer version in a memory's place. */
export async function updateMemory(room: ToolRoom, given: ToolArguments): Promise<MemoryToolResult> {
  const id = memoryIdOf(given);
  const content = given.requiredText('new_content', 'content');
  const reason = given.text('reason')?.trim();
  given.check();
  return onCurrent(room, id, async ({ id: known }) => {
    const draft = { content, reason: reason === '' ? undefined : reason };
    const { memory } = await room.memories.supersede(room.caller, known, draft);
    return { status: 'updated', memory_id: memory.id, content: memory.content, superseded: known };
  });
}

/** Erases a memory. The reason for it is not kept: it would tell what is to be forgotten. */
export async function deleteMemory(room: ToolRoom, given: ToolArguments): Promise<MemoryToolResult> {
  const id = memoryIdOf(given);
  given.check();
  return onCurrent(room, id, async ({ id: known, version }) => {
    await room.memories.remove(room.caller, known, version);
    return { status: 'deleted', memory_id: known };
  });
}

function memoryIdOf(given: ToolArguments): string {
  return given.requiredText('memory_id', 'id').trim();
}

/** Acts on a memory that the scope sees and that is current; for any other the model learns what to do instead. */
async function onCurrent(
  room: ToolRoom,
  id: string,
  act: (memory: Memory) => Promise<MemoryToolResult>,
): Promise<MemoryToolResult> {
  for (let attempt = 1; ; attempt++) {
    const memory = await findCurrent(room, id);
    if ('status' in memory) return memory;
    try {
      return await act(memory);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isOvertaken(error)) throw error;
    }
  }
}

/** What belongs to others is not found, as if there were no such id. */
async function findCurrent(room: ToolRoom, id: string): Promise<Memory | MemoryToolError> {
  const chain = await chainOf(room, id);
  const memory = chain.find((link) => link.id === id);
  if (memory === undefined || !isSeen(room, memory)) return NOT_FOUND;
  if (memory.supersededBy === undefined) return memory;
  const current = chain.at(-1);
  return current !== undefined && isSeen(room, current) ? replacedBy(current) : NOT_FOUND;
}

function isSeen({ scope, clock }: ToolRoom, { scope: owner, deletedAt, expiresAt }: Memory): boolean {
  return (
    isVisible(owner, scope) && deletedAt === undefined && (expiresAt === undefined || expiresAt > clock.now())
  );
}

async function chainOf({ memories, caller }: ToolRoom, id: string): Promise<MemoryHistory['chain']> {
  try {
    return (await memories.history(caller, id)).chain;
  } catch (error) {
    if (error instanceof HeadroomError && (error.code === 'not_found' || error.code === 'forbidden'))
      return [];
    throw error;
  }
}

function isOvertaken(error: unknown): boolean {
  return (
    error instanceof HeadroomError && (error.code === 'conflict' || error.code === 'precondition_failed')
  );
}
