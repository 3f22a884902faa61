import type { HeadroomError } from '#libs/kernel';
import {
  beginsTooEarly,
  endedBy,
  type InsertOutcome,
  inTurn,
  isCurrent,
  type Memory,
  type NewMemory,
  type OnSubject,
  sameSubject,
  seenAgain,
} from '#libs/memory';
import { scopeKey } from './memory.mapper.js';
import type { LinkedMemory } from './memory-rows.js';

/** One memory of a batch. */
export interface BatchItem {
  readonly memory: NewMemory;
  readonly onSubject: OnSubject;
}

/** A stored memory and its chain. */
export interface StoredLink {
  readonly memory: Memory;
  readonly chainId: string;
}

/** What is stored of all that a batch may meet. */
export interface BatchSurroundings {
  /** Of the current memories with the content and the scope of an item the oldest, by {@link twinKey}. */
  readonly twins: ReadonlyMap<string, StoredLink>;
  /** Of the current memories with the subject and the scope of an item the newest, by {@link subjectKey}. */
  readonly rivals: ReadonlyMap<string, StoredLink>;
  /** The chain of each memory that an item says it supersedes, by that memory's id. */
  readonly chains: ReadonlyMap<string, string>;
}

/** A memory as the items so far leave it. */
interface Planned {
  memory: Memory;
  readonly chainId: string;
  /** As it was given; undefined for what is stored already. */
  readonly created?: NewMemory;
}

/** There may be another one, which the store alone can name: the one that stood here has just ended. */
type Place = Planned | 'unknown' | undefined;

/**
 * Decides in memory what inserting the items of a batch one after the other would do: each of them meets what the
 * items before it have left. What was decided can then be written set by set.
 */
export class BatchPlan {
  readonly #created: (Planned & { readonly created: NewMemory })[] = [];
  readonly #changed = new Set<Planned>();
  readonly #promotedTwins = new Map<string, string>();
  readonly #twins = new Map<string, Place>();
  readonly #rivals = new Map<string, Place>();
  readonly #chains: Map<string, string>;

  constructor(
    { twins, rivals, chains }: BatchSurroundings,
    private readonly now: Date,
  ) {
    const stored = new Map<string, Planned>();
    const placed = (link: StoredLink): Planned => {
      const planned = stored.get(link.memory.id) ?? { ...link };
      stored.set(link.memory.id, planned);
      return planned;
    };
    twins.forEach((link, key) => this.#twins.set(key, placed(link)));
    rivals.forEach((link, key) => this.#rivals.set(key, placed(link)));
    this.#chains = new Map(chains);
  }

  /** What is to be inserted, in order and as the later items leave it. */
  get created(): readonly LinkedMemory[] {
    return this.#created.map(({ memory, chainId, created }) => ({
      ...created,
      memory,
      chainId,
    }));
  }

  /** The twin that a promotion met at its broader level, by the id of what was promoted. */
  get promotedTwins(): ReadonlyMap<string, string> {
    return this.#promotedTwins;
  }

  /** Stored memories that were seen again or have ended. */
  get changed(): readonly Memory[] {
    return [...this.#changed].map(({ memory }) => memory);
  }

  /** @returns what becomes of the next item; undefined when the store must be asked again before that is known. */
  add({ memory: created, onSubject }: BatchItem): InsertOutcome | HeadroomError | undefined {
    const { memory } = created;
    if (memory.supersededBy !== undefined || memory.deletedAt !== undefined) return this.#create(created);
    const twin = this.#twins.get(twinKey(memory));
    if (twin === 'unknown') return undefined;
    if (twin !== undefined) {
      if (memory.promotedFrom !== undefined) this.#promotedTwins.set(memory.promotedFrom, twin.memory.id);
      return { status: 'duplicate', memory: this.#change(twin, seenAgain(twin.memory, memory)) };
    }
    if (memory.subject === undefined || memory.supersedes !== undefined || onSubject === 'coexist') {
      return this.#create(created);
    }
    const rival = this.#rivals.get(subjectKey(memory, memory.subject));
    if (rival === 'unknown') return undefined;
    if (rival === undefined) return this.#create(created);
    if (onSubject === 'conflict') return sameSubject(rival.memory.id);
    const successor = inTurn(created, rival.memory);
    return beginsTooEarly(successor.memory, rival.memory) ?? this.#succeed(rival, memory.subject, successor);
  }

  #create(created: NewMemory): InsertOutcome {
    const { id, supersedes } = created.memory;
    const chainId = (supersedes === undefined ? undefined : this.#chains.get(supersedes)) ?? id;
    return { status: 'created', memory: this.#keep(created, chainId).memory };
  }

  #succeed(rival: Planned, subject: string, created: NewMemory): InsertOutcome {
    const { memory } = created;
    const place = twinKey(rival.memory);
    if (this.#twins.get(place) === rival) {
      this.#twins.set(place, rival.created === undefined ? 'unknown' : undefined);
    }
    const linked = { ...created, memory: { ...memory, supersedes: rival.memory.id } };
    const successor = this.#keep(linked, rival.chainId).memory;
    if (!isCurrent(successor, this.now)) this.#rivals.set(subjectKey(memory, subject), 'unknown');
    return {
      status: 'created',
      memory: successor,
      superseded: this.#change(rival, endedBy(successor, rival.memory)),
    };
  }

  #keep(created: NewMemory, chainId: string): Planned {
    const memory: Memory = { ...created.memory, embeddingModel: created.embedding?.model };
    const planned = { memory, chainId, created };
    this.#created.push(planned);
    this.#chains.set(memory.id, chainId);
    if (!isCurrent(memory, this.now)) return planned;
    this.#twins.set(twinKey(memory), this.#twins.get(twinKey(memory)) ?? planned);
    if (memory.subject !== undefined) {
      const key = subjectKey(memory, memory.subject);
      const newest = this.#rivals.get(key);
      const isNewest =
        newest === undefined || (newest !== 'unknown' && newest.memory.validFrom <= memory.validFrom);
      if (isNewest) this.#rivals.set(key, planned);
    }
    return planned;
  }

  #change(planned: Planned, memory: Memory): Memory {
    planned.memory = memory;
    if (planned.created === undefined) this.#changed.add(planned);
    return memory;
  }
}

/** Equal for the same content in the same scope. */
export function twinKey({ scope, contentHash }: Memory): string {
  return `${scopeKey(scope)} ${contentHash}`;
}

/** Equal for the same subject in the same scope. */
export function subjectKey({ scope }: Memory, subject: string): string {
  return `${scopeKey(scope)} ${subject}`;
}
