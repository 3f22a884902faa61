import { HeadroomError, invalid, notFound } from '#libs/kernel';
import { earliestSuccession } from '#libs/memory';
import type { InsertOutcome, Memory, MemoryPatch, NewMemory, OnSubject } from '#libs/memory';
import { UniqueViolation } from '../faults.js';
import { sql } from '../sql.js';
import type { Sql } from '../sql.js';
import { milliseconds, searchableText, sightingsText } from './memory.mapper.js';
import type { MemoryRows } from './memory-rows.js';

/** Stores a memory, or counts it as a further sighting of its twin; see `MemoryStore.insert`. */
export async function insertMemory(
  rows: MemoryRows,
  created: NewMemory,
  onSubject: OnSubject,
  now: Date,
): Promise<InsertOutcome> {
  const { memory } = created;
  const isPast = memory.supersededBy !== undefined || memory.deletedAt !== undefined;
  if (isPast) return { status: 'created', memory: await insertNew(rows, created) };
  const twin = await rows.findCurrentTwin(memory, now);
  if (twin !== undefined) return { status: 'duplicate', memory: await addSighting(rows, twin, memory) };
  const rival =
    memory.subject === undefined || memory.supersedes !== undefined || onSubject === 'coexist'
      ? undefined
      : await rows.findCurrentOnSubject(memory.scope, memory.subject, now);
  if (rival === undefined) return { status: 'created', memory: await insertNew(rows, created) };
  if (onSubject === 'conflict') {
    throw new HeadroomError('conflict', 'A current memory of this scope has the same subject.', {
      current_id: rival.id,
    });
  }
  return { status: 'created', ...(await link(rows, rival, created)) };
}

/** Ends a memory in favour of its successor; see `MemoryStore.supersede`. */
export async function supersedeMemory(
  rows: MemoryRows,
  id: string,
  successor: NewMemory,
  expectedVersion: number | undefined,
): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
  const old = await requireMemory(rows, id, undefined);
  if (old.supersededBy !== undefined) throw alreadySuperseded(await currentOf(rows, id));
  requireVersion(old, expectedVersion);
  return link(rows, old, successor);
}

async function link(
  rows: MemoryRows,
  old: Memory,
  successor: NewMemory,
): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
  const earliest = earliestSuccession(old);
  if (successor.memory.validFrom < earliest) {
    const where = old.validUntil === undefined ? 'begins' : 'has ended';
    const message = `must not lie before ${earliest.toISOString()}, where the superseded memory ${where}`;
    throw invalid([{ path: 'valid_from', message }]);
  }
  const memory = await insertNew(rows, {
    ...successor,
    memory: { ...successor.memory, supersedes: old.id },
  });
  const superseded = await rows.end(old.id, memory);
  if (superseded === undefined) throw notFound('memory');
  return { memory, superseded };
}

/** The database refuses a second successor and a second memory with one id. */
async function insertNew(rows: MemoryRows, created: NewMemory): Promise<Memory> {
  try {
    return await rows.insert(created);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new HeadroomError('conflict', 'A memory with this id, or another successor, is there already.', {
      id: created.memory.id,
    });
  }
}

function addSighting(rows: MemoryRows, twin: Memory, { createdAt, source }: Memory): Promise<Memory> {
  const alsoSeen = [...twin.alsoSeen, { at: createdAt, source }];
  return updated(rows, twin.id, [sql`also_seen = ${sightingsText(alsoSeen)}`], createdAt);
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

async function currentOf(rows: MemoryRows, id: string): Promise<string | undefined> {
  const chain = await rows.chainOf(id);
  return chain.find((memory) => memory.supersededAt === undefined && memory.deletedAt === undefined)?.id;
}

function alreadySuperseded(currentId: string | undefined): HeadroomError {
  return new HeadroomError('conflict', 'This memory is superseded already; supersede the current one.', {
    current_id: currentId ?? null,
  });
}
