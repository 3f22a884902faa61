import { HeadroomError, requireUser, type Caller, type Clock, type Ids, type Scope } from '#libs/kernel';
import { analyse } from '#libs/relevance';
import type { BatchItemOutcome, CreateOutcome, MemoryDraft, SupersedeDraft } from '../contract.js';
import type { BackgroundEmbedding } from '../embedding/background-embedding.js';
import type { QueryEmbedding } from '../embedding/query-embedding.js';
import { earliestSuccession, type Memory, type OnSubject } from '../model/memory.js';
import type { Embedder } from '../ports/embedder.js';
import type { Embedding, InsertOutcome, MemoryStore, MemoryView, NewMemory } from '../ports/memory-store.js';
import { traitsOf } from '../ranking/traits.js';
import { contentHash } from './content-hash.js';
import { findNearDuplicate } from './near-duplicate.js';
import { refuseSecrets } from './secrets.js';
import type { SessionEnd } from './session-end.js';
import { validateDraft, validateSupersede } from './validate-draft.js';

/** What a write waits for a local model at most; a later vector comes from the background. */
const INLINE_EMBEDDING_MS = 40;
/** A model that was too slow once is not waited for again during this time. */
const INLINE_REST_MS = 1_000;

/** Comparing costs a look-up a memory, which a larger batch would spend most of its time on. */
const LARGEST_COMPARED_BATCH = 50;

interface SoundDraft {
  readonly memory: NewMemory;
  readonly onSubject: OnSubject;
}

/** What a successor says itself; it begins with its recording unless it says otherwise. */
type SuccessorChanges = Partial<Omit<Memory, 'validFrom'>> &
  Pick<Memory, 'content'> & { readonly validFrom: Date | undefined };

/** Checks, completes and stores memories; everything is found by keywords as soon as a method returns. */
export class MemoryWriter {
  #inlineAgainAt = 0;

  constructor(
    private readonly store: MemoryStore,
    private readonly background: BackgroundEmbedding,
    private readonly queries: QueryEmbedding,
    private readonly embedder: Embedder | null,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly sessionEnd: SessionEnd,
  ) {}

  async create(caller: Caller, draft: MemoryDraft): Promise<CreateOutcome> {
    checkDraft(caller, draft);
    return this.#insert(caller, this.#memoryOf(draft), draft);
  }

  async createMany(caller: Caller, drafts: readonly MemoryDraft[]): Promise<readonly BatchItemOutcome[]> {
    const checked = drafts.map((draft): HeadroomError | SoundDraft => {
      try {
        checkDraft(caller, draft);
        const memory = this.#memoryOf(draft);
        return { memory: newMemory(memory, undefined), onSubject: draft.onSubject ?? 'supersede' };
      } catch (error) {
        return codedError(error);
      }
    });
    const sound = checked.filter((item): item is SoundDraft => !(item instanceof HeadroomError));
    const stored = (sound.length === 0 ? [] : await this.store.insertMany(caller, sound)).values();
    this.background.nudge();
    return checked.map((item, index) => {
      const outcome = item instanceof HeadroomError ? item : stored.next().value;
      if (outcome === undefined)
        throw new HeadroomError('storage_error', 'The store answered for too few memories.');
      if (outcome instanceof Error) return { index, status: 'error', error: codedError(outcome) };
      return { index, status: outcome.status, memory: outcome.memory };
    });
  }

  /**
   * {@link createMany}, and what each of them nearly repeats, as far as their words tell: their vectors come later. Of
   * a batch that is too large to be compared nothing is said.
   */
  async createAndCompare(
    caller: Caller,
    drafts: readonly MemoryDraft[],
  ): Promise<readonly BatchItemOutcome[]> {
    const outcomes = await this.createMany(caller, drafts);
    if (drafts.length > LARGEST_COMPARED_BATCH) return outcomes;
    // What came later in the batch is no news to what came before it.
    const later = new Set(outcomes.flatMap((item) => (item.status === 'created' ? [item.memory.id] : [])));
    const compared: BatchItemOutcome[] = [];
    for (const item of outcomes) {
      if (item.status !== 'created') {
        compared.push(item);
        continue;
      }
      const near = await findNearDuplicate(this.store, caller, item.memory, undefined, later);
      later.delete(item.memory.id);
      compared.push({ ...item, nearDuplicate: near ?? null });
    }
    return compared;
  }

  async supersede(
    caller: Caller,
    old: Memory,
    draft: SupersedeDraft,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    validateSupersede(draft);
    refuseSecrets({ content: draft.content, metadata: draft.metadata, reason: draft.reason });
    const { content, validFrom, reason } = draft;
    const successor = this.#successorOf(old, {
      content,
      importance: draft.importance ?? old.importance,
      metadata: draft.metadata ?? old.metadata,
      validFrom,
      reason,
    });
    return this.#replace(caller, old, successor, expectedVersion);
  }

  /** Puts the content of an older link at the end of its chain, with its own attributes. */
  async restore(
    caller: Caller,
    current: Memory,
    older: Memory,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    const { content, category, importance, subject, entities, metadata, source } = older;
    const restored = { content, category, importance, subject, entities, metadata, source };
    const earliest = earliestSuccession(current);
    const successor = this.#successorOf(current, {
      ...restored,
      validFrom: earliest > this.clock.now() ? earliest : undefined,
      reason: `restored from ${older.id}`,
    });
    return this.#replace(caller, current, successor);
  }

  async promote(caller: Caller, original: Memory, scope: Scope): Promise<CreateOutcome> {
    const { content, category, importance, subject, entities, metadata, source } = original;
    const expiresAt = this.sessionEnd.ownEnd(original);
    const validFrom = await this.#beginOfCopy(caller, original, scope);
    const draft = {
      content,
      category,
      importance,
      subject,
      entities,
      metadata,
      validFrom,
      expiresAt,
      source,
      scope,
    };
    return this.#insert(caller, { ...this.#memoryOf(draft), promotedFrom: original.id }, draft);
  }

  /** What was known of the subject at the broader scope was valid until now; elsewhere the copy is as old as its original. */
  async #beginOfCopy(caller: Caller, { subject, validFrom }: Memory, scope: Scope): Promise<Date> {
    if (subject === undefined) return validFrom;
    const now = this.clock.now();
    const view: MemoryView = { scope, mode: 'exact', now, includeSuperseded: false };
    const query = { view, subjects: [subject], orderBy: 'created_at', order: 'desc', limit: 1 } as const;
    const { data } = await this.store.list(caller, query);
    return data.length === 0 || validFrom > now ? validFrom : now;
  }

  async #insert(caller: Caller, memory: Memory, draft: MemoryDraft): Promise<CreateOutcome> {
    const embedding = await this.#embedIfQuick(memory.content);
    const stored = newMemory(memory, embedding);
    const found = await findNearDuplicate(this.store, caller, memory, embedding);
    const outcome: InsertOutcome = await this.store.insert(caller, stored, draft.onSubject ?? 'supersede');
    if (embedding === undefined) this.background.nudge();
    if (outcome.status === 'duplicate') return outcome;
    // Of a repetition the first time's memory is there already, and would be its own near duplicate.
    const isRepeated = outcome.memory.id !== memory.id;
    const near = isRepeated ? await findNearDuplicate(this.store, caller, outcome.memory, embedding) : found;
    const isNews = near !== undefined && near.id !== outcome.superseded?.id;
    return { ...outcome, ...(isNews && { nearDuplicate: near }) };
  }

  async #replace(
    caller: Caller,
    old: Memory,
    successor: Memory,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    const embedding = await this.#embedIfQuick(successor.content);
    const outcome = await this.store.supersede(
      caller,
      old.id,
      newMemory(successor, embedding),
      expectedVersion,
    );
    if (embedding === undefined) this.background.nudge();
    return outcome;
  }

  #memoryOf(draft: MemoryDraft): Memory {
    const now = this.clock.now();
    return {
      id: this.ids.next('mem'),
      scope: draft.scope,
      content: draft.content,
      category: draft.category ?? 'fact',
      importance: draft.importance ?? 0.5,
      subject: draft.subject,
      entities: draft.entities ?? [],
      metadata: draft.metadata ?? {},
      source: draft.source,
      alsoSeen: [],
      validFrom: draft.validFrom ?? now,
      createdAt: now,
      updatedAt: now,
      expiresAt: draft.expiresAt ?? this.sessionEnd.of(draft.scope, now),
      accessCount: 0,
      contentHash: contentHash(draft.content),
      version: 1,
    };
  }

  /** A successor keeps scope, category, subject and entities; an expiry that has passed is not handed on. */
  #successorOf(old: Memory, changes: SuccessorChanges): Memory {
    const now = this.clock.now();
    const { scope, category, subject, entities } = old;
    const expiresAt = this.sessionEnd.ownEnd(old);
    const lasting = expiresAt !== undefined && expiresAt > now ? expiresAt : undefined;
    const inherited = this.#memoryOf({
      scope,
      category,
      subject,
      entities,
      expiresAt: lasting,
      content: changes.content,
      validFrom: changes.validFrom,
    });
    return { ...inherited, ...changes, validFrom: inherited.validFrom, supersedes: old.id };
  }

  /** A local model's vector when it comes at once; any other comes from the background. */
  async #embedIfQuick(content: string): Promise<Embedding | undefined> {
    if (this.embedder?.isLocal !== true || this.clock.now().getTime() < this.#inlineAgainAt) return undefined;
    const vector = await this.queries.embed(content, INLINE_EMBEDDING_MS);
    if (typeof vector !== 'string') return vector;
    this.#inlineAgainAt = this.clock.now().getTime() + INLINE_REST_MS;
    return undefined;
  }
}

function checkDraft(caller: Caller, draft: MemoryDraft): void {
  requireUser(caller, draft.scope.userId);
  validateDraft(draft);
  const { content, subject, entities, metadata } = draft;
  refuseSecrets({ content, subject, entities, metadata });
}

/**
 * A memory with what it is found and ranked by. A subject such as `employer` names what the content only implies, so a
 * question may use its words.
 */
export function newMemory(memory: Memory, embedding?: Embedding): NewMemory {
  const { subject, content } = memory;
  const told = analyse(content);
  const terms = subject === undefined ? told : [...analyse(subject), ...told];
  return { memory, terms, traits: traitsOf(memory, told), ...(embedding !== undefined && { embedding }) };
}

function codedError(error: unknown): HeadroomError {
  if (error instanceof HeadroomError) return error;
  return new HeadroomError('internal_error', 'This memory could not be stored.', {}, { cause: error });
}
