import type { Caller, Clock } from '#libs/kernel';
import {
  learnFrom,
  MAX_PATTERNS,
  NOTHING_LEARNED,
  type LearnedContent,
  type LearnedElsewhere,
  type LearnedHere,
  type LearnedSnapshot,
  type Observation,
  PatternStore,
  pooledPatterns,
  type ToolPattern,
} from '#libs/learning';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { json, numeric, text, type Row } from '../row.js';
import { joinSql, listOf, sql, type Sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** The source of what was learned here. */
const HERE = '';
/** Six values a row. */
const ROWS_PER_STATEMENT = 200;
/** Who learns or imports for a tenant takes turns, so that no observation is lost. */
const TURNS = { lock: 'learned patterns' };

/** What is known of tools, on SQLite and PostgreSQL. */
export class SqlPatternStore extends PatternStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async learn(caller: Caller, observations: readonly Observation[]): Promise<void> {
    if (observations.length === 0) return;
    const signatures = [...new Set(observations.map(({ signature }) => signature))];
    const work = async (unit: Unit): Promise<void> => {
      const learned = new Map<string, ToolPattern>();
      for (const pattern of await patternsOf(
        unit,
        sql`source = ${HERE} AND signature IN ${listOf(signatures)}`,
      ))
        learned.set(keyOf(pattern), pattern);
      const changed = new Set<string>();
      for (const observation of observations) {
        const key = keyOf(observation);
        learned.set(key, learnFrom(learned.get(key), observation));
        changed.add(key);
      }
      const patterns = [...changed].sort().flatMap((key) => learned.get(key) ?? []);
      await write(unit, HERE, this.clock.now().getTime(), patterns);
      await forgetBeyondLimit(unit, sql`source = ${HERE}`);
    };
    await this.database.unitOfWork.run(caller, work, TURNS);
  }

  override list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    return this.database.unitOfWork.read(caller, async (unit) =>
      pooledPatterns(await patternsOf(unit, trusted('1 = 1'))).slice(0, Math.max(0, limit)),
    );
  }

  override learnedHere(caller: Caller, newSource: string): Promise<LearnedHere> {
    const work = async (unit: Unit): Promise<LearnedHere> => {
      await unit.send(sql`INSERT INTO learned_snapshots (tenant_id, source, number, document)
        VALUES (${unit.tenantId}, ${newSource}, 0, ${JSON.stringify(contentOf(NOTHING_LEARNED))})
        ON CONFLICT (tenant_id) DO UPDATE SET source =
          CASE WHEN learned_snapshots.source = ${HERE} THEN excluded.source ELSE learned_snapshots.source END`);
      const row = await snapshotRow(unit);
      return {
        source: row === undefined ? newSource : text(row, 'source'),
        patterns: pooledPatterns(await patternsOf(unit, sql`source = ${HERE}`)),
      };
    };
    return this.database.unitOfWork.run(caller, work, TURNS);
  }

  override importFrom(caller: Caller, learned: LearnedElsewhere): Promise<boolean> {
    const { source, patterns, exportedAt } = learned;
    const at = Math.min(exportedAt.getTime(), this.clock.now().getTime());
    const work = async (unit: Unit): Promise<boolean> => {
      const own = await snapshotRow(unit);
      if (own !== undefined && text(own, 'source') === source) return false;
      const of = sql`tenant_id = ${unit.tenantId} AND source = ${source}`;
      const row = await unit.first(sql`SELECT max(seen_at) AS newest FROM learned_patterns WHERE ${of}`);
      if (row !== undefined && row['newest'] !== null && numeric(row, 'newest') >= at) return false;
      await unit.send(sql`DELETE FROM learned_patterns WHERE ${of}`);
      await write(unit, source, at, patterns.slice(0, MAX_PATTERNS));
      await forgetBeyondLimit(unit, sql`source <> ${HERE}`);
      return true;
    };
    return this.database.unitOfWork.run(caller, work, TURNS);
  }

  override snapshot(caller: Caller): Promise<LearnedSnapshot> {
    return this.database.unitOfWork.read(caller, async (unit) => toSnapshot(await snapshotRow(unit)));
  }

  override publish(caller: Caller, content: LearnedContent): Promise<LearnedSnapshot> {
    const document = JSON.stringify(contentOf(content));
    const work = async (unit: Unit): Promise<LearnedSnapshot> => {
      const known = await snapshotRow(unit);
      const before =
        known === undefined ? JSON.stringify(contentOf(NOTHING_LEARNED)) : text(known, 'document');
      if (before === document) return toSnapshot(known);
      await unit.send(sql`INSERT INTO learned_snapshots (tenant_id, source, number, document)
        VALUES (${unit.tenantId}, ${HERE}, 1, ${document})
        ON CONFLICT (tenant_id) DO UPDATE SET number = learned_snapshots.number + 1, document = excluded.document`);
      return toSnapshot(await snapshotRow(unit));
    };
    return this.database.unitOfWork.run(caller, work, TURNS);
  }
}

async function patternsOf(unit: Unit, condition: Sql): Promise<ToolPattern[]> {
  const rows = await unit.all(sql`SELECT document FROM learned_patterns
    WHERE tenant_id = ${unit.tenantId} AND ${condition} ORDER BY source, signature, address`);
  return rows.map((row) => json(row, 'document') as ToolPattern);
}

async function write(
  unit: Unit,
  source: string,
  at: number,
  patterns: readonly ToolPattern[],
): Promise<void> {
  const rows = patterns.map(
    (
      pattern,
    ) => sql`(${unit.tenantId}, ${source}, ${pattern.signature}, ${addressOf(pattern.toolName)}, ${at},
      ${JSON.stringify(pattern)})`,
  );
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await unit.send(sql`INSERT INTO learned_patterns (tenant_id, source, signature, address, seen_at, document)
      VALUES ${joinSql(rows.slice(start, start + ROWS_PER_STATEMENT), ', ')}
      ON CONFLICT (tenant_id, source, signature, address)
      DO UPDATE SET seen_at = excluded.seen_at, document = excluded.document`);
  }
}

/** The longest unseen go first. */
async function forgetBeyondLimit(unit: Unit, condition: Sql): Promise<void> {
  await unit.send(sql`DELETE FROM learned_patterns WHERE tenant_id = ${unit.tenantId} AND ${condition}
    AND (source, signature, address) NOT IN (
      SELECT source, signature, address FROM learned_patterns WHERE tenant_id = ${unit.tenantId} AND ${condition}
      ORDER BY seen_at DESC, source, signature, address LIMIT ${MAX_PATTERNS})`);
}

function snapshotRow(unit: Unit): Promise<Row | undefined> {
  return unit.first(sql`SELECT * FROM learned_snapshots WHERE tenant_id = ${unit.tenantId}`);
}

function toSnapshot(row: Row | undefined): LearnedSnapshot {
  if (row === undefined) return NOTHING_LEARNED;
  return { ...(json(row, 'document') as LearnedContent), number: numeric(row, 'number') };
}

function contentOf({ bySignature, byTool }: LearnedContent): LearnedContent {
  return { bySignature, byTool };
}

function keyOf({ signature, toolName }: { readonly signature: string; readonly toolName: string }): string {
  return `${signature} ${toolName}`;
}
