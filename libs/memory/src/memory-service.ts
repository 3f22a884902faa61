import {
  HeadroomError,
  notFound,
  requireUser,
  wholeTenant,
  type Caller,
  type Clock,
  type Ids,
  type JobQueue,
  type Page,
  type Scope,
  type Pause,
} from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import type {
  BatchItemOutcome,
  CreateOutcome,
  ListRequest,
  MemoryDraft,
  MemoryHistory,
  SearchOutcome,
  SearchRequest,
  SupersedeDraft,
} from './contract.js';
import { BackgroundEmbedding, type EmbedderStatus } from './embedding/background-embedding.js';
import { EarlierModels, type OpenEarlier } from './embedding/earlier-models.js';
import { ModelDimensions } from './embedding/model-dimensions.js';
import { QueryEmbedding } from './embedding/query-embedding.js';
import { currentIdOf, replaceableEnd } from './model/chain.js';
import type { Memory, MemoryPatch } from './model/memory.js';
import type { Embedder } from './ports/embedder.js';
import type { MemoryStats, MemoryStore } from './ports/memory-store.js';
import { OneProcess, type Turns } from './ports/turns.js';
import { MemoryRollback } from './rollback/memory-rollback.js';
import type { RollbackChange, RollbackRequest } from './rollback/rollback.js';
import { AccessLog } from './search/access-log.js';
import { MemorySearch } from './search/memory-search.js';
import { listQueryOf } from './search/read-defaults.js';
import { validateList, validateSearch } from './search/validate-read.js';
import type { ImportSummary } from './transfer/import-tally.js';
import { MemoryExporter, type ExportRequest } from './transfer/memory-exporter.js';
import { MemoryImporter, type ImportRecord, type ImportReport } from './transfer/memory-importer.js';
import { MemoryWriter } from './write/memory-writer.js';
import { broaderScope, type PromotionLevel } from './write/promotion.js';
import { refuseSecrets } from './write/secrets.js';
import { SessionEnd } from './write/session-end.js';
import { validatePatch, validateScope } from './write/validate-draft.js';

export interface MemoryServiceOptions {
  /** How long a search waits for the query's vector before keywords alone answer; default 2,000. */
  readonly queryDeadlineMs?: number | undefined;
  /** After a change of model, opens the model before, so that its vectors serve until they are replaced. */
  readonly openEarlier?: OpenEarlier | undefined;
  /** Whose turn it is to embed where several processes share the store; default: always this one's. */
  readonly turns?: Turns | undefined;
  /** How long what a session learned is kept, unless a memory says so itself; default: for good. */
  readonly sessionTtlSeconds?: number | undefined;
  /** Hears how far an import has come, now and then and at its end. */
  readonly reportImport?: ImportReport | undefined;
}

/**
 * Everything that can be done with memories. The caller comes first and can never leave its tenant or its key's
 * users; what is written is found by keywords at once and by meaning as soon as it is embedded.
 */
export class MemoryService {
  readonly #embedding: BackgroundEmbedding;
  readonly #writer: MemoryWriter;
  readonly #search: MemorySearch;
  readonly #accesses: AccessLog;
  readonly #rollback: MemoryRollback;
  readonly #exporter: MemoryExporter;
  readonly #importer: MemoryImporter;

  constructor(
    private readonly store: MemoryStore,
    embedder: Embedder | null,
    private readonly clock: Clock,
    ids: Ids,
    pause: Pause,
    jobs: JobQueue,
    options: MemoryServiceOptions = {},
  ) {
    const { queryDeadlineMs = 2_000, openEarlier = () => null, turns = new OneProcess() } = options;
    const dimensions = new ModelDimensions();
    const earlier = embedder && new EarlierModels(store, embedder.model, dimensions, openEarlier);
    const queries = new QueryEmbedding(embedder, earlier, dimensions, pause, queryDeadlineMs);
    this.#embedding = new BackgroundEmbedding(
      embedder && earlier && { store, embedder, earlier, dimensions, jobs, turns, pause },
    );
    const sessionEnd = new SessionEnd(options.sessionTtlSeconds);
    this.#writer = new MemoryWriter(store, this.#embedding, queries, embedder, clock, ids, sessionEnd);
    this.#search = new MemorySearch(store, queries, clock);
    this.#accesses = new AccessLog(store, pause);
    this.#rollback = new MemoryRollback(store, this.#embedding, clock, ids);
    this.#exporter = new MemoryExporter(store, pause);
    this.#importer = new MemoryImporter(store, this.#embedding, clock, pause, options.reportImport);
  }

  /** Loads a local model and takes up the embedding of what an earlier run left without a vector. */
  start(): void {
    this.#embedding.start();
  }

  /** Stops background work and writes gathered access counts; the embedder stays open. */
  async stop(): Promise<void> {
    await this.#embedding.stop();
    await this.#accesses.stop();
  }

  /** Resolves when everything stored is embedded (or an attempt has failed) and access counts are written. */
  async settle(): Promise<void> {
    await this.#embedding.settle();
    await this.#accesses.flush();
  }

  /** The model, whether search is hybrid or keyword alone, how many memories wait for a vector, and how it goes on. */
  embedderStatus(): Promise<EmbedderStatus> {
    return this.#embedding.status();
  }

  /** @throws HeadroomError `validation_error`, `secret_refused`, `conflict` (`on_subject: 'conflict'`), `forbidden`. */
  create(caller: Caller, draft: MemoryDraft): Promise<CreateOutcome> {
    return this.#writer.create(caller, draft);
  }

  /** {@link create} for many; each item answers for itself and in order, and near duplicates are told of a small batch. */
  createMany(caller: Caller, drafts: readonly MemoryDraft[]): Promise<readonly BatchItemOutcome[]> {
    return this.#writer.createAndCompare(caller, drafts);
  }

  /** @throws HeadroomError `not_found`, `forbidden`. */
  async get(caller: Caller, id: string): Promise<Memory> {
    const memory = await this.#find(caller, id);
    this.#accesses.note(caller, [id], this.clock.now());
    return memory;
  }

  async list(caller: Caller, request: ListRequest): Promise<Page<Memory>> {
    requireUser(caller, request.scope.userId);
    validateList(request);
    return this.store.list(caller, listQueryOf(request, this.clock.now()));
  }

  /** @throws HeadroomError `not_found`, `forbidden`, `validation_error`, `precondition_failed`. */
  async patch(caller: Caller, id: string, patch: MemoryPatch, expectedVersion?: number): Promise<Memory> {
    await this.#find(caller, id);
    validatePatch(patch);
    refuseSecrets({ entities: patch.entities, metadata: patch.metadata });
    return this.store.patch(caller, id, patch, this.clock.now(), expectedVersion);
  }

  /** Erases the content; the chain keeps a tombstone and the predecessor does not come back. */
  async remove(caller: Caller, id: string, expectedVersion?: number): Promise<void> {
    await this.#find(caller, id);
    const removed = await this.store.remove(caller, id, this.clock.now(), expectedVersion);
    if (!removed) throw notFound('memory');
  }

  /** Erases a scope and everything below it, history included. @returns how many memories. */
  async removeScope(caller: Caller, scope: Scope): Promise<number> {
    requireUser(caller, scope.userId);
    validateScope(scope);
    return this.store.removeScope(caller, scope);
  }

  /** @param counter prices the hits for `maxTokens` and `tokens`; default: the default model's. */
  async search(caller: Caller, request: SearchRequest, counter?: TokenCounter): Promise<SearchOutcome> {
    requireUser(caller, request.scope.userId);
    validateSearch(request);
    const outcome = await this.#search.search(caller, request, counter ?? (await loadTokenCounter()));
    const ids = outcome.hits.map((hit) => hit.memory.id);
    this.#accesses.note(caller, ids, this.clock.now());
    return outcome;
  }

  /**
   * Ends a memory's validity and puts a successor in its place, which inherits what the draft does not say.
   * @throws HeadroomError `conflict` with `current_id` when it is superseded already; `precondition_failed`.
   */
  async supersede(
    caller: Caller,
    id: string,
    draft: SupersedeDraft,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    return this.#writer.supersede(caller, await this.#find(caller, id), draft, expectedVersion);
  }

  /** The whole chain of any of its members, tombstones included. */
  async history(caller: Caller, id: string): Promise<MemoryHistory> {
    const chain = await this.store.chain(wholeTenant(caller), id);
    const last = chain.at(-1);
    if (last === undefined) throw notFound('memory');
    requireUser(caller, last.scope.userId);
    return { chain, currentId: currentIdOf(chain) };
  }

  /**
   * Brings an older content of a chain back as a new link at its end, a retired one included.
   * @throws HeadroomError `conflict` when it is the current one, or when the end of the chain was deleted;
   * `precondition_failed`.
   */
  async restore(
    caller: Caller,
    id: string,
    expectedVersion?: number,
  ): Promise<{ readonly memory: Memory; readonly superseded: Memory }> {
    const memory = await this.#find(caller, id, expectedVersion);
    const { chain } = await this.history(caller, id);
    return this.#writer.restore(caller, replaceableEnd(chain, id), memory);
  }

  /**
   * Copies a memory to a broader scope and keeps the link.
   * @throws HeadroomError `validation_error` when the level is not broader or the memory lacks that level's id;
   * `precondition_failed`.
   */
  async promote(
    caller: Caller,
    id: string,
    to: PromotionLevel,
    expectedVersion?: number,
  ): Promise<CreateOutcome> {
    const memory = await this.#find(caller, id, expectedVersion);
    return this.#writer.promote(caller, memory, broaderScope(memory.scope, to));
  }

  /** {@link MemoryRollback.rollBack} */
  rollback(caller: Caller, request: RollbackRequest): Promise<readonly RollbackChange[]> {
    return this.#rollback.rollBack(caller, request);
  }

  /** {@link MemoryExporter.open} */
  exportScope(caller: Caller, request: ExportRequest): Promise<AsyncIterable<readonly Memory[]>> {
    return this.#exporter.open(caller, request);
  }

  /** {@link MemoryImporter.importAll} */
  importAll(caller: Caller, records: AsyncIterable<ImportRecord>): Promise<ImportSummary> {
    return this.#importer.importAll(caller, records);
  }

  async stats(caller: Caller, scope: Scope): Promise<MemoryStats> {
    requireUser(caller, scope.userId);
    validateScope(scope);
    return this.store.stats(caller, scope, this.clock.now());
  }

  async #find(caller: Caller, id: string, expectedVersion?: number): Promise<Memory> {
    const memory = await this.store.find(wholeTenant(caller), id);
    if (memory === null) throw notFound('memory');
    requireUser(caller, memory.scope.userId);
    if (expectedVersion === undefined || expectedVersion === memory.version) return memory;
    throw new HeadroomError('precondition_failed', 'This memory was changed since; read it again.', {
      version: memory.version,
    });
  }
}
