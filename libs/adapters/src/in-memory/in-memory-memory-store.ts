import type { HeadroomError } from '#libs/kernel';
import {
  type Caller,
  type ErasureReceipt,
  invalid,
  isSameScope,
  isVisible,
  maySee,
  notFound,
  requireUser,
  type Page,
  type Scope,
  scopeLevel,
  wholeTenant,
} from '#libs/kernel';
import {
  type ArmHits,
  type BrokenLink,
  doubledIn,
  earliestSuccession,
  type Embedding,
  type ImportVerdict,
  type InsertOutcome,
  isCurrent,
  judge,
  type KeywordHits,
  type KeywordQuery,
  type Memory,
  type MemoryListQuery,
  type MemoryPatch,
  type MemoryStats,
  MemoryStore,
  type MemoryView,
  type NewMemory,
  type OnSubject,
  planRollback,
  retirement,
  type Rollback,
  type RollbackChange,
  rollbackChange,
  type StoredPage,
} from '#libs/memory';
import type { Erasable } from './erasable.js';
import type { Kept } from './kept-memory.js';
import { scoresByTerms } from './memory-keywords.js';
import { keptAfter, judgeKept, settleKept } from './memory-transfer.js';
import { pageOfMemories } from './memory-page.js';
import {
  conflictWith,
  cosine,
  countBy,
  isAsked,
  passes,
  rank,
  requireVersion,
  tombstone,
} from './memory-rules.js';

const DAY_MS = 86_400_000;

/** Keeps memories in the process; every method runs to its end without a pause, so each is one transaction. */
export class InMemoryMemoryStore extends MemoryStore implements Erasable {
  readonly #kept = new Map<string, Kept>();
  #stored = 0;

  override async insert(caller: Caller, memory: NewMemory, onSubject: OnSubject): Promise<InsertOutcome> {
    await Promise.resolve();
    return this.#insert(caller, memory, onSubject);
  }

  override async insertMany(
    caller: Caller,
    memories: readonly { readonly memory: NewMemory; readonly onSubject: OnSubject }[],
  ): Promise<readonly (InsertOutcome | Error)[]> {
    await Promise.resolve();
    return memories.map(({ memory, onSubject }) => {
      try {
        return this.#insert(caller, memory, onSubject);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    });
  }

  override async find(caller: Caller, id: string): Promise<Memory | null> {
    await Promise.resolve();
    return this.#living(caller, id)?.memory ?? null;
  }

  override async list(caller: Caller, query: MemoryListQuery): Promise<Page<Memory>> {
    await Promise.resolve();
    const seen = this.#inView(caller, query.view)
      .map(({ memory }) => memory)
      .filter((memory) => isAsked(memory, query));
    const isDoubled = doubledIn(seen);
    return pageOfMemories(
      seen.filter((memory) => !isDoubled(memory)),
      query,
    );
  }

  override async patch(
    caller: Caller,
    id: string,
    patch: MemoryPatch,
    at: Date,
    expectedVersion?: number,
  ): Promise<Memory> {
    await Promise.resolve();
    const kept = this.#require(caller, id, expectedVersion);
    const { importance, category, entities, metadata, expiresAt } = patch;
    const { memory } = kept;
    kept.memory = {
      ...memory,
      importance: importance ?? memory.importance,
      category: category ?? memory.category,
      entities: entities ?? memory.entities,
      metadata: metadata ?? memory.metadata,
      expiresAt: expiresAt === null ? undefined : (expiresAt ?? memory.expiresAt),
      updatedAt: at,
      version: memory.version + 1,
    };
    return kept.memory;
  }

  override async supersede(
    caller: Caller,
    id: string,
    successor: NewMemory,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    await Promise.resolve();
    const old = this.#require(caller, id);
    if (old.memory.supersededBy !== undefined) throw this.#alreadySuperseded(caller, old.memory);
    requireVersion(old.memory, expectedVersion);
    return this.#link(caller, old, successor);
  }

  override async chain(caller: Caller, id: string): Promise<readonly Memory[]> {
    await Promise.resolve();
    return this.#chainOf(caller, id).map(({ memory }) => memory);
  }

  override async remove(caller: Caller, id: string, at: Date, expectedVersion?: number): Promise<boolean> {
    await Promise.resolve();
    const kept = this.#living(caller, id);
    if (kept === undefined) return false;
    requireVersion(kept.memory, expectedVersion);
    kept.memory = tombstone(kept.memory, at);
    kept.terms = [];
    kept.vectors.clear();
    return true;
  }

  override async removeScope(caller: Caller, scope: Scope): Promise<number> {
    await Promise.resolve();
    return this.#erase((kept) => this.#belongs(caller, kept) && isVisible(scope, kept.memory.scope));
  }

  override async stats(caller: Caller, scope: Scope, now: Date): Promise<MemoryStats> {
    await Promise.resolve();
    const memories = this.#all(caller)
      .map(({ memory }) => memory)
      .filter((memory) => memory.deletedAt === undefined && isVisible(scope, memory.scope));
    const times = memories.map((memory) => memory.createdAt.getTime());
    return {
      total: memories.length,
      current: memories.filter((memory) => isCurrent(memory, now)).length,
      superseded: memories.filter((memory) => memory.supersededAt !== undefined).length,
      byCategory: countBy(memories, (memory) => memory.category),
      byScopeLevel: countBy(memories, (memory) => scopeLevel(memory.scope)),
      ...(times.length > 0 && {
        oldest: new Date(Math.min(...times)),
        newest: new Date(Math.max(...times)),
      }),
    };
  }

  override async keywordHits(
    caller: Caller,
    view: MemoryView,
    query: KeywordQuery,
    limit: number,
  ): Promise<KeywordHits> {
    await Promise.resolve();
    const { userId } = view.scope;
    const theirs = this.#all(caller).filter((kept) => kept.memory.scope.userId === userId);
    const { scores, full } = scoresByTerms(theirs, query);
    const matching = theirs
      .map((kept, i) => ({ ...kept, score: scores[i] ?? 0 }))
      .filter(({ score }) => score > 0);
    return { ...rank(matching, view, limit), full };
  }

  override async withTerms(
    caller: Caller,
    view: MemoryView,
    terms: readonly string[],
    limit: number,
  ): Promise<readonly Memory[]> {
    await Promise.resolve();
    if (terms.length === 0) return [];
    return this.#inView(caller, view)
      .filter((kept) => terms.every((term) => kept.terms.includes(term)))
      .map(({ memory }) => memory)
      .reverse()
      .slice(0, limit);
  }

  override async semanticHits(
    caller: Caller,
    view: MemoryView,
    query: Embedding,
    limit: number,
  ): Promise<ArmHits> {
    await Promise.resolve();
    const near = this.#all(caller).flatMap((kept) => {
      const vector = kept.vectors.get(query.model);
      return vector === undefined ? [] : [{ ...kept, score: cosine(vector, query.vector) }];
    });
    return rank(near, view, limit);
  }

  override async saveEmbeddings(
    caller: Caller,
    model: string,
    vectors: ReadonlyMap<string, Float32Array>,
  ): Promise<void> {
    await Promise.resolve();
    for (const [id, vector] of vectors) {
      const kept = this.#living(caller, id);
      if (kept === undefined) continue;
      kept.vectors.clear();
      kept.vectors.set(model, vector);
      kept.memory = { ...kept.memory, embeddingModel: model };
    }
  }

  override async embeddingModels(): Promise<
    readonly { readonly model: string; readonly dimensions: number }[]
  > {
    await Promise.resolve();
    const models = new Map([...this.#kept.values()].flatMap(({ vectors }) => [...vectors]));
    return [...models].map(([model, { length }]) => ({ model, dimensions: length }));
  }

  override async withoutEmbedding(
    replaced: readonly string[],
    limit: number,
  ): Promise<readonly { readonly caller: Caller; readonly id: string; readonly content: string }[]> {
    await Promise.resolve();
    return this.#lacking(replaced)
      .slice(0, limit)
      .map(({ tenantId, memory }) => ({
        caller: { tenantId, users: null, isAdmin: false },
        id: memory.id,
        content: memory.content,
      }));
  }

  override async countWithoutEmbedding(replaced: readonly string[]): Promise<number> {
    await Promise.resolve();
    return this.#lacking(replaced).length;
  }

  override async countEmbedded(model: string): Promise<number> {
    await Promise.resolve();
    return [...this.#kept.values()].filter(({ vectors }) => vectors.has(model)).length;
  }

  override async recordAccess(caller: Caller, reads: ReadonlyMap<string, number>, at: Date): Promise<void> {
    await Promise.resolve();
    for (const [id, count] of reads) {
      const kept = this.#living(caller, id);
      if (kept === undefined) continue;
      kept.memory = { ...kept.memory, accessCount: kept.memory.accessCount + count, lastAccessedAt: at };
    }
  }

  override async rollback(
    caller: Caller,
    { scope, to, now, dryRun }: Rollback,
    restored: (end: Memory, older: Memory) => NewMemory,
  ): Promise<readonly RollbackChange[]> {
    await Promise.resolve();
    const changes: RollbackChange[] = [];
    const firsts = this.#all(caller).filter(
      ({ memory }) =>
        isVisible(scope, memory.scope) && this.#chainOf(caller, memory.id)[0]?.memory === memory,
    );
    for (const { memory: first } of firsts) {
      const chain = this.#chainOf(caller, first.id);
      const end = chain.at(-1);
      const step = planRollback(
        chain.map(({ memory }) => memory),
        to,
        now,
      );
      if (step === null || end === undefined) continue;
      const before = step.end;
      const fresh = step.action === 'restore' ? restored(before, step.older) : undefined;
      changes.push(rollbackChange(step, fresh?.memory, now));
      if (dryRun === true) continue;
      if (fresh !== undefined) this.#link(caller, end, fresh);
      else {
        const ended = { validUntil: retirement(before, now), supersededAt: now };
        end.memory = { ...before, ...ended, updatedAt: now, version: before.version + 1 };
      }
    }
    return changes;
  }

  override async storedAfter(
    caller: Caller,
    scope: Scope,
    position: number,
    limit: number,
  ): Promise<StoredPage> {
    await Promise.resolve();
    return keptAfter(this.#all(caller), scope, position, limit);
  }

  override async positionOf(caller: Caller, id: string): Promise<number | null> {
    await Promise.resolve();
    return this.#of(caller, id)?.seq ?? null;
  }

  override async importMany(
    caller: Caller,
    memories: readonly NewMemory[],
  ): Promise<readonly ImportVerdict[]> {
    await Promise.resolve();
    const verdicts = judgeKept(this.#all(wholeTenant(caller)), memories);
    memories.filter((_, i) => verdicts[i] === 'imported').forEach((fresh) => this.#keep(caller, fresh));
    return verdicts;
  }

  override async settleImport(
    caller: Caller,
    userId: string,
    ids: readonly string[],
  ): Promise<readonly BrokenLink[]> {
    await Promise.resolve();
    const theirs = this.#all(caller).filter(({ memory }) => memory.scope.userId === userId);
    const broken = settleKept(theirs, new Set(ids), (kept, end) => {
      kept.memory = { ...kept.memory, ...end };
    });
    const doomed = new Set(broken.map(({ id }) => id));
    this.#erase((kept) => theirs.includes(kept) && doomed.has(kept.memory.id));
    return broken;
  }

  override async sweep(now: Date): Promise<number> {
    await Promise.resolve();
    return this.#erase(({ memory }) => {
      const turnIsOver =
        scopeLevel(memory.scope) === 'turn' && memory.createdAt.getTime() <= now.getTime() - DAY_MS;
      return turnIsOver || (memory.expiresAt !== undefined && memory.expiresAt <= now);
    });
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    const isTheirs = (kept: Kept): boolean =>
      kept.tenantId === tenantId && kept.memory.scope.userId === userId;
    const vectors = [...this.#kept.values()]
      .filter(isTheirs)
      .reduce((sum, kept) => sum + kept.vectors.size, 0);
    return { memories: this.#erase(isTheirs), vectors };
  }

  #insert(caller: Caller, fresh: NewMemory, onSubject: OnSubject): InsertOutcome {
    const { scope, contentHash, subject, createdAt, source, promotedFrom } = fresh.memory;
    requireUser(caller, scope.userId);
    const current = this.#all(caller).filter(
      ({ memory }) => isSameScope(memory.scope, scope) && isCurrent(memory, createdAt),
    );
    const twin = current.find(({ memory }) => memory.contentHash === contentHash);
    if (twin !== undefined) {
      const original = promotedFrom === undefined ? undefined : this.#of(caller, promotedFrom);
      if (original !== undefined) original.memory = { ...original.memory, promotedTo: twin.memory.id };
      const sighting = { at: createdAt, ...(source && { source }) };
      twin.memory = {
        ...twin.memory,
        alsoSeen: [...twin.memory.alsoSeen, sighting],
        updatedAt: createdAt,
        version: twin.memory.version + 1,
      };
      return { status: 'duplicate', memory: twin.memory };
    }
    const rival = current.findLast(({ memory }) => subject !== undefined && memory.subject === subject);
    if (rival === undefined || onSubject === 'coexist') {
      return { status: 'created', memory: this.#keep(caller, fresh) };
    }
    if (onSubject === 'conflict')
      throw conflictWith(rival.memory.id, 'There is a current memory on this subject.');
    return { status: 'created', ...this.#link(caller, rival, fresh) };
  }

  #link(
    caller: Caller,
    old: Kept,
    fresh: NewMemory,
  ): { readonly memory: Memory; readonly superseded: Memory } {
    const { validFrom, createdAt } = fresh.memory;
    const earliest = earliestSuccession(old.memory);
    if (validFrom < earliest) {
      throw invalid([{ path: 'valid_from', message: `must not lie before ${earliest.toISOString()}` }]);
    }
    const memory = this.#keep(caller, { ...fresh, memory: { ...fresh.memory, supersedes: old.memory.id } });
    old.memory = {
      ...old.memory,
      validUntil: old.memory.validUntil ?? validFrom,
      supersededAt: old.memory.supersededAt ?? createdAt,
      supersededBy: memory.id,
      updatedAt: createdAt,
      version: old.memory.version + 1,
    };
    return { memory, superseded: old.memory };
  }

  #keep(caller: Caller, { memory, terms, traits, embedding }: NewMemory): Memory {
    const kept: Kept = {
      tenantId: caller.tenantId,
      seq: ++this.#stored,
      memory: structuredClone({ ...memory, ...(embedding && { embeddingModel: embedding.model }) }),
      terms: [...terms],
      traits,
      vectors: new Map(embedding && [[embedding.model, embedding.vector]]),
    };
    this.#kept.set(keyOf(caller, memory.id), kept);
    return kept.memory;
  }

  /** Oldest first. */
  #chainOf(caller: Caller, id: string): readonly Kept[] {
    const member = this.#of(caller, id);
    if (member === undefined) return [];
    const chain = [member];
    const beside = (other: string | undefined): Kept | undefined =>
      other === undefined ? undefined : this.#of(caller, other);
    for (let link = beside(member.memory.supersedes); link !== undefined;) {
      chain.unshift(link);
      link = beside(link.memory.supersedes);
    }
    for (let link = beside(member.memory.supersededBy); link !== undefined;) {
      chain.push(link);
      link = beside(link.memory.supersededBy);
    }
    return chain;
  }

  #alreadySuperseded(caller: Caller, memory: Memory): HeadroomError {
    const last = this.#chainOf(caller, memory.id).at(-1)?.memory ?? memory;
    return conflictWith(last.id, 'This memory is superseded already; supersede the current one.');
  }

  #belongs(caller: Caller, kept: Kept): boolean {
    return kept.tenantId === caller.tenantId && maySee(caller, kept.memory.scope.userId);
  }

  #all(caller: Caller): Kept[] {
    return [...this.#kept.values()].filter((kept) => this.#belongs(caller, kept));
  }

  #inView(caller: Caller, view: MemoryView): Kept[] {
    return this.#all(caller).filter(({ memory }) => judge(memory, view) === 'seen' && passes(memory, view));
  }

  #of(caller: Caller, id: string): Kept | undefined {
    const kept = this.#kept.get(keyOf(caller, id));
    return kept && this.#belongs(caller, kept) ? kept : undefined;
  }

  #living(caller: Caller, id: string): Kept | undefined {
    const kept = this.#of(caller, id);
    return kept?.memory.deletedAt === undefined ? kept : undefined;
  }

  #require(caller: Caller, id: string, expectedVersion?: number): Kept {
    const kept = this.#living(caller, id);
    if (kept === undefined) throw notFound('memory');
    requireVersion(kept.memory, expectedVersion);
    return kept;
  }

  #lacking(replaced: readonly string[]): Kept[] {
    return [...this.#kept.values()].filter(
      ({ memory, vectors }) =>
        memory.deletedAt === undefined && [...vectors.keys()].every((model) => replaced.includes(model)),
    );
  }

  #erase(isDoomed: (kept: Kept) => boolean): number {
    const doomed = [...this.#kept].filter(([, kept]) => isDoomed(kept));
    doomed.forEach(([id]) => this.#kept.delete(id));
    return doomed.filter(([, { memory }]) => memory.deletedAt === undefined).length;
  }
}

function keyOf({ tenantId }: Pick<Caller, 'tenantId'>, id: string): string {
  return JSON.stringify([tenantId, id]);
}
