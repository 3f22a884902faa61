import { notFound, requireUser, type Caller, type Pause, type Scope } from '#libs/kernel';
import type { Memory } from '../model/memory.js';
import type { MemoryStore } from '../ports/memory-store.js';
import { validateScope } from '../write/validate-draft.js';

/** Read together: a reader that is slow holds no transaction open, and others wait for no more than a page. */
const PAGE_SIZE = 128;

export interface ExportRequest {
  /** With all below it. */
  readonly scope: Scope;
  /** Goes on behind this memory, such as the last one that arrived. */
  readonly after?: string | undefined;
}

/** Gives out everything that a scope holds, in stored order, page by page. */
export class MemoryExporter {
  constructor(
    private readonly store: MemoryStore,
    private readonly pause: Pause,
  ) {}

  /**
   * The first page is read before this resolves, so that a fault is still an answer of its own. What is written
   * meanwhile may or may not be among the rest.
   * @throws HeadroomError `forbidden`, `validation_error`; `not_found` for an `after` that is no memory of the scope's user.
   */
  async open(caller: Caller, { scope, after }: ExportRequest): Promise<AsyncIterable<readonly Memory[]>> {
    requireUser(caller, scope.userId);
    validateScope(scope);
    const position = after === undefined ? 0 : await this.store.positionOf(caller, after);
    if (position === null) {
      throw notFound('memory', 'There is no memory of the id in `after`; leave it out to start over.');
    }
    const first = await this.store.storedAfter(caller, scope, position, PAGE_SIZE);
    return this.#pages(caller, scope, first);
  }

  async *#pages(
    caller: Caller,
    scope: Scope,
    first: Awaited<ReturnType<MemoryStore['storedAfter']>>,
  ): AsyncGenerator<readonly Memory[]> {
    let page = first;
    for (;;) {
      if (page.memories.length > 0) yield page.memories;
      if (page.next === null) return;
      await this.pause.wait(0);
      page = await this.store.storedAfter(caller, scope, page.next, PAGE_SIZE);
    }
  }
}
