import { type Caller, type ErasureReceipt, requireUser, UserErasure } from '#libs/kernel';
import type { Database } from '../database.js';
import { memoriesLock } from '../memories/memories-lock.js';
import { ownerOf } from '../memories/term-index.js';
import { type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { forgetAllTellings } from './forget-tellings.js';

/** Erases a user on SQLite and PostgreSQL: every table in one transaction, then the log that still holds old pages. */
export class SqlUserErasure extends UserErasure {
  /** `settle` stores what is still held back in memory, so that nothing of the user comes after the erasure. */
  constructor(
    private readonly database: Database,
    private readonly settle: () => Promise<void> = () => Promise.resolve(),
  ) {
    super();
  }

  override async erase(caller: Caller, userId: string): Promise<ErasureReceipt> {
    requireUser(caller, userId);
    await this.settle();
    const receipt = await this.database.renewals.whileRemoving(() =>
      this.database.unitOfWork.run(caller, (unit) => eraseRows(unit, userId), {
        lock: memoriesLock(userId),
      }),
    );
    // Last, and by a way of their own: a key bound to the user must be able to ask for the rest until all is done.
    const apiKeys = await this.database.unitOfWork.access((unit) =>
      unbindKeys(unit, caller.tenantId, userId),
    );
    await this.database.vectors.forget(caller.tenantId, userId);
    await this.database.scrub();
    return { ...receipt, apiKeys };
  }
}

/** A key that is bound to nobody else stays bound, to nobody: `all_users` does not change. */
function unbindKeys(unit: Unit, tenantId: string, userId: string): Promise<number> {
  return unit.run(sql`DELETE FROM api_key_users WHERE user_id = ${userId}
    AND key_id IN (SELECT k.id FROM api_keys k WHERE k.tenant_id = ${tenantId})`);
}

async function eraseRows(unit: Unit, userId: string): Promise<ErasureReceipt> {
  const theirs = sql`tenant_id = ${unit.tenantId} AND user_id = ${userId}`;
  const terms = sql`tenant_id = ${unit.tenantId} AND owner = ${ownerOf(userId)}`;
  const erase = (statement: Sql) => unit.run(statement);

  const memories = await erase(sql`DELETE FROM memories WHERE ${theirs} AND deleted_at IS NULL`);
  const memoryHistory = await erase(sql`DELETE FROM memories WHERE ${theirs}`);
  // After the memories: a vector that was just being saved is there by now.
  await erase(sql`DELETE FROM memory_vector_totals WHERE ${theirs}`);
  const vectors = await erase(sql`DELETE FROM memory_vectors WHERE ${theirs}`);
  await erase(sql`DELETE FROM memory_terms WHERE ${terms}`);
  await erase(sql`DELETE FROM memory_traits WHERE ${terms}`);
  await erase(sql`DELETE FROM memory_term_totals WHERE ${terms}`);
  const sharedContextEntries = await erase(
    sql`DELETE FROM shared_context_entries WHERE ${theirs} AND original IS NOT NULL`,
  );
  await erase(sql`DELETE FROM shared_context_entries WHERE ${theirs}`);
  // After the entries: what was just being told of one of them is there by now.
  await erase(sql`DELETE FROM shared_context_events WHERE ${theirs}`);
  await erase(sql`DELETE FROM shared_context_sources WHERE ${theirs}`);
  // After the entries, from which one may just have been made; before the originals, which it pins.
  const handoffs = await erase(sql`DELETE FROM handoffs WHERE tenant_id = ${unit.tenantId} AND id IN (
    SELECT handoff_id FROM handoff_entries WHERE ${theirs})`);
  await erase(sql`DELETE FROM given_messages WHERE ${theirs}`);
  await erase(sql`DELETE FROM conversation_prefixes WHERE ${theirs}`);
  await erase(sql`DELETE FROM conversation_appends WHERE ${theirs}`);
  const messages = await erase(sql`DELETE FROM messages WHERE ${theirs}`);
  const conversations = await erase(sql`DELETE FROM conversations WHERE ${theirs}`);
  const originals = await erase(sql`DELETE FROM originals WHERE ${theirs}`);
  const retrievalEvents = await erase(sql`DELETE FROM retrieval_events WHERE ${theirs}`);
  await erase(sql`DELETE FROM session_pins WHERE ${theirs}`);
  const requests = await erase(sql`UPDATE requests SET user_id = NULL WHERE ${theirs}`);
  const idempotencyReplays = await forgetAllTellings(unit, userId);
  return {
    memories,
    memoryHistory,
    vectors,
    sharedContextEntries,
    handoffs,
    conversations,
    messages,
    originals,
    retrievalEvents,
    requests,
    idempotencyReplays,
    apiKeys: 0,
    jobs: 0,
  };
}
