import { type FrozenPrefix, FrozenPrefixStore, NOTHING_GIVEN, type PrefixAddress } from '#libs/conversation';
import type { Caller } from '#libs/kernel';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { once, type Repeatable } from '../idempotency/once.js';
import { json, numeric, optionalText, text } from '../row.js';
import { joinSql, type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import { conversationOf } from './conversation-reads.js';

/** A copy says nothing but that it was made. */
const COPIED: Repeatable<void> = { noteOf: () => true, fromNote: () => Promise.resolve() };

/** Six values a row. */
const ROWS_PER_STATEMENT = 500;

/** What contexts of conversations were made of, on SQLite and PostgreSQL. */
export class SqlFrozenPrefixStore extends FrozenPrefixStore {
  constructor(private readonly database: Database) {
    super();
  }

  override find(caller: Caller, address: PrefixAddress): Promise<FrozenPrefix> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const where = lineageOf(caller, address);
      const row = await unit.first(
        sql`SELECT revision, fitting, dropped FROM conversation_prefixes WHERE ${where}`,
      );
      if (!row) return NOTHING_GIVEN;
      const rows = await unit.all(
        sql`SELECT position, message FROM given_messages WHERE ${where} ORDER BY position`,
      );
      return {
        revision: numeric(row, 'revision'),
        given: new Map(
          rows.map((given) => [numeric(given, 'position'), optionalText(given, 'message') ?? null]),
        ),
        fitting: text(row, 'fitting'),
        dropped: json(row, 'dropped') as readonly number[],
      };
    });
  }

  override save(caller: Caller, address: PrefixAddress, change: FrozenPrefix): Promise<boolean> {
    return this.database.unitOfWork.run(caller, async (unit) => {
      const statement =
        change.revision === 0 ? begin(caller, address, change) : goOn(caller, address, change);
      const row = await unit.first(statement);
      if (!row) return false;
      await insertGiven(unit, caller, address, text(row, 'user_id'), change);
      return true;
    });
  }

  override copy(caller: Caller, from: string, to: string, messageCount: number): Promise<void> {
    const work = async (unit: Unit): Promise<void> => {
      const prefixes = await unit.all(sql`SELECT lineage, fitting, dropped FROM conversation_prefixes
        WHERE ${prefixesOf(caller, from)}`);
      for (const prefix of prefixes) {
        const dropped = (json(prefix, 'dropped') as readonly number[]).filter(
          (index) => index < messageCount,
        );
        await unit.send(sql`INSERT INTO conversation_prefixes
            (tenant_id, conversation_id, lineage, user_id, revision, fitting, dropped)
          SELECT tenant_id, id, ${text(prefix, 'lineage')}, user_id, 1, ${text(prefix, 'fitting')},
            ${JSON.stringify(dropped)}
          FROM conversations WHERE ${conversationOf(caller, to)}`);
      }
      await unit.send(sql`INSERT INTO given_messages
          (tenant_id, conversation_id, lineage, position, user_id, message)
        SELECT tenant_id, ${to}, lineage, position, user_id, message FROM given_messages
        WHERE ${prefixesOf(caller, from)} AND position < ${messageCount}`);
    };
    return once(this.database.unitOfWork, caller, work, COPIED);
  }

  override async reset(caller: Caller, conversationId: string): Promise<void> {
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`DELETE FROM conversation_prefixes WHERE ${prefixesOf(caller, conversationId)}`),
    );
  }
}

/** Of two that begin at once, one comes too late. */
function begin(
  caller: Caller,
  { conversationId, lineage }: PrefixAddress,
  { fitting, dropped }: FrozenPrefix,
): Sql {
  return sql`INSERT INTO conversation_prefixes
      (tenant_id, conversation_id, lineage, user_id, revision, fitting, dropped)
    SELECT tenant_id, id, ${addressOf(lineage)}, user_id, 1, ${fitting}, ${JSON.stringify(dropped)}
    FROM conversations WHERE ${conversationOf(caller, conversationId)}
    ON CONFLICT (tenant_id, conversation_id, lineage) DO NOTHING RETURNING user_id`;
}

function goOn(caller: Caller, address: PrefixAddress, { revision, fitting, dropped }: FrozenPrefix): Sql {
  return sql`UPDATE conversation_prefixes
    SET revision = revision + 1, fitting = ${fitting}, dropped = ${JSON.stringify(dropped)}
    WHERE ${lineageOf(caller, address)} AND revision = ${revision} RETURNING user_id`;
}

async function insertGiven(
  unit: Unit,
  caller: Caller,
  { conversationId, lineage }: PrefixAddress,
  userId: string,
  { given }: FrozenPrefix,
): Promise<void> {
  const values = [...given].map(
    ([position, message]) =>
      sql`(${caller.tenantId}, ${conversationId}, ${addressOf(lineage)}, ${position}, ${userId}, ${message})`,
  );
  for (let start = 0; start < values.length; start += ROWS_PER_STATEMENT) {
    const rows = joinSql(values.slice(start, start + ROWS_PER_STATEMENT), ', ');
    await unit.send(sql`INSERT INTO given_messages
        (tenant_id, conversation_id, lineage, position, user_id, message) VALUES ${rows}
      ON CONFLICT (tenant_id, conversation_id, lineage, position) DO NOTHING`);
  }
}

function prefixesOf(caller: Caller, conversationId: string): Sql {
  return sql`tenant_id = ${caller.tenantId} AND conversation_id = ${conversationId} AND ${visibleTo(caller)}`;
}

function lineageOf(caller: Caller, { conversationId, lineage }: PrefixAddress): Sql {
  return sql`${prefixesOf(caller, conversationId)} AND lineage = ${addressOf(lineage)}`;
}
