import { HeadroomError, notFound } from '#libs/kernel';
import {
  alreadySuperseded,
  beginsTooEarly,
  endedBy,
  inTurn,
  type InsertOutcome,
  type Memory,
  type MemoryPatch,
  type NewMemory,
} from '#libs/memory';
import { asFault, isTransient, UniqueViolation, UnitLost } from '../faults.js';
import { sql } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { BatchPlan } from './batch-plan.js';
import type { BatchItem } from './batch-plan.js';
import { chainsOf, surroundingsOf } from './batch-surroundings.js';
import { milliseconds, searchableText } from './memory.mapper.js';
import type { LinkedMemory, MemoryRows } from './memory-rows.js';

/**
 * {@link insertMemories} in which a faulty item spoils no other: the whole batch when all of it is sound, else each
 * item by itself.
 */
export async function insertBatch(
  unit: Unit,
  rows: MemoryRows,
  items: readonly BatchItem[],
  now: Date,
): Promise<readonly (InsertOutcome | Error)[]> {
  const whole = await attempted(unit, () => insertMemories(unit, rows, items, now));
  if (!(whole instanceof Error)) return whole;
  const outcomes: (InsertOutcome | Error)[] = [];
  for (const item of items) {
    const outcome = await attempted(unit, () => insertMemories(unit, rows, [item], now));
    outcomes.push(...(outcome instanceof Error ? [outcome] : outcome));
  }
  return outcomes;
}

/** @returns what the part throws, unless that ends the whole unit. */
async function attempted<T>(unit: Unit, part: () => Promise<T>): Promise<T | Error> {
  try {
    return await unit.attempt(part);
  } catch (error) {
    if (error instanceof Error && !(error instanceof UnitLost) && !isTransient(error)) return error;
    throw error;
  }
}

/**
 * Stores memories, or counts them as further sightings of their twins, as if one came after the other; see
 * `MemoryStore.insert`. The error of an item that was refused stands in its place.
 */
export async function insertMemories(
  unit: Unit,
  rows: MemoryRows,
  items: readonly BatchItem[],
  now: Date,
): Promise<readonly (InsertOutcome | HeadroomError)[]> {
  const outcomes: (InsertOutcome | HeadroomError)[] = [];
  while (outcomes.length < items.length) {
    const rest = items.slice(outcomes.length);
    const memories = rest.map(({ memory }) => memory.memory);
    const plan = new BatchPlan(await surroundingsOf(unit, memories, now), now);
    for (const item of rest) {
      const outcome = plan.add(item);
      if (outcome === undefined) break;
      outcomes.push(outcome);
    }
    await insertNew(rows, plan.created);
    await rows.rewrite(plan.changed);
    await rows.linkToTwins(plan.promotedTwins);
  }
  return outcomes;
}

/** Ends a memory in favour of its successor; see `MemoryStore.supersede`. */
export async function supersedeMemory(
  unit: Unit,
  rows: MemoryRows,
  id: string,
  successor: NewMemory,
  expectedVersion: number | undefined,
): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
  const old = await requireMemory(rows, id, undefined);
  if (old.supersededBy !== undefined) throw alreadySuperseded(await rows.currentIdOf(id));
  requireVersion(old, expectedVersion);
  return link(unit, rows, old, successor);
}

async function link(
  unit: Unit,
  rows: MemoryRows,
  old: Memory,
  given: NewMemory,
): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
  const successor = inTurn(given, old);
  const early = beginsTooEarly(successor.memory, old);
  if (early !== undefined) throw early;
  const memory = { ...successor.memory, supersedes: old.id, embeddingModel: successor.embedding?.model };
  const superseded = endedBy(memory, old);
  const chainId = (await chainsOf(unit, [old.id])).get(old.id) ?? old.id;
  await insertNew(rows, [{ ...successor, memory, chainId }]);
  await rows.rewrite([superseded]);
  return { memory, superseded };
}

/** The database refuses a second successor and a second memory with one id. */
async function insertNew(rows: MemoryRows, created: readonly LinkedMemory[]): Promise<void> {
  try {
    await rows.insertAll(created);
  } catch (error) {
    if (!(asFault(error) instanceof UniqueViolation)) throw error;
    const message = 'A memory with this id, or another successor, is there already.';
    throw new HeadroomError('conflict', message, { ids: created.map(({ memory }) => memory.id) });
  }
}

export async function patchMemory(
  rows: MemoryRows,
  id: string,
  patch: MemoryPatch,
  at: Date,
  expectedVersion: number | undefined,
): Promise<Memory> {
  const memory = await requireMemory(rows, id, expectedVersion);
  const changes: Sql[] = [];
  if (patch.importance !== undefined) changes.push(sql`importance = ${patch.importance}`);
  if (patch.category !== undefined) changes.push(sql`category = ${patch.category}`);
  if (patch.expiresAt !== undefined) changes.push(sql`expires_at = ${milliseconds(patch.expiresAt)}`);
  if (patch.entities !== undefined || patch.metadata !== undefined) {
    const entities = patch.entities ?? memory.entities;
    const metadata = patch.metadata ?? memory.metadata;
    changes.push(sql`entities = ${JSON.stringify(entities)}, metadata = ${JSON.stringify(metadata)}`);
    changes.push(sql`searchable = ${searchableText(entities, metadata)}`);
  }
  return updated(rows, id, changes, at);
}

export async function removeMemory(
  rows: MemoryRows,
  id: string,
  at: Date,
  expectedVersion: number | undefined,
): Promise<boolean> {
  const memory = await rows.findToChange(id);
  if (memory === undefined) return false;
  requireVersion(memory, expectedVersion);
  await rows.turnToTombstone(id, at);
  await rows.forgetTellings(memory);
  return true;
}

async function updated(rows: MemoryRows, id: string, changes: readonly Sql[], at: Date): Promise<Memory> {
  const memory = await rows.update(id, changes, at);
  if (memory === undefined) throw notFound('memory');
  return memory;
}

async function requireMemory(
  rows: MemoryRows,
  id: string,
  expectedVersion: number | undefined,
): Promise<Memory> {
  const memory = await rows.findToChange(id);
  if (memory === undefined) throw notFound('memory');
  requireVersion(memory, expectedVersion);
  return memory;
}

function requireVersion(memory: Memory, expected: number | undefined): void {
  if (expected === undefined || expected === memory.version) return;
  throw new HeadroomError('precondition_failed', 'This memory was changed since; read it again.', {
    version: memory.version,
  });
}
