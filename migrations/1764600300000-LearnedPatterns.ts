import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['learned_patterns', 'learned_snapshots'];

interface OldPattern {
  readonly tool_name: string;
  readonly compressions: number | string;
  readonly retrievals: number | string;
  readonly full_retrievals: number | string;
  readonly tokens_before: number | string;
  readonly tokens_after: number | string;
}

/**
 * What is known of outputs per structure and tool: counts and names of fields, never values. `source` is empty for what
 * was learned here, and names another server for what was imported; `address` is the hash of the tool's name. A
 * tenant's snapshot is what its compression goes by; originals remember the signature of their structure.
 */
export class LearnedPatterns1764600300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE learned_patterns (
        tenant_id ${key} NOT NULL,
        source ${key} NOT NULL,
        signature ${key} NOT NULL,
        address ${key} NOT NULL,
        seen_at ${big} NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (tenant_id, source, signature, address)
      )`,
      `CREATE INDEX learned_patterns_by_time ON learned_patterns (tenant_id, seen_at)`,
      `CREATE TABLE learned_snapshots (
        tenant_id ${key} NOT NULL,
        source ${key} NOT NULL,
        number ${big} NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (tenant_id)
      )`,
      'ALTER TABLE originals ADD COLUMN signature TEXT',
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
    await this.#keepWhatIsKnown(runner);
    await dropTables(runner, ['tool_patterns']);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE tool_patterns (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        tool_name TEXT NOT NULL,
        compressions ${big} NOT NULL,
        retrievals ${big} NOT NULL,
        full_retrievals ${big} NOT NULL,
        tokens_before ${big} NOT NULL,
        tokens_after ${big} NOT NULL,
        PRIMARY KEY (tenant_id, address)
      )`,
      'ALTER TABLE originals DROP COLUMN signature',
    ]);
    await isolateByTenant(runner, 'tool_patterns');
    await dropTables(runner, TABLES);
  }

  /** Counts from before are known of a tool, of no structure; their hints begin anew. */
  async #keepWhatIsKnown(runner: QueryRunner): Promise<void> {
    const tenants = (await runner.query('SELECT id FROM tenants ORDER BY id')) as { id: string }[];
    for (const { id } of tenants) {
      if (isPostgres(runner)) await runner.query(`SELECT set_config('headroom.tenant_id', $1, true)`, [id]);
      const patterns = (await runner.query(`SELECT * FROM tool_patterns WHERE tenant_id = ${of(runner, 1)}`, [
        id,
      ])) as OldPattern[];
      for (const pattern of patterns) {
        const address = hashOf([pattern.tool_name]).slice(0, 32);
        const signature = hashOf(['tool', pattern.tool_name, 'unknown']).slice(0, 24);
        await runner.query(
          `INSERT INTO learned_patterns (tenant_id, source, signature, address, seen_at, document)
            VALUES (${of(runner, 1)}, '', ${of(runner, 2)}, ${of(runner, 3)}, 0, ${of(runner, 4)})`,
          [id, signature, address, JSON.stringify(documentOf(pattern, signature))],
        );
      }
    }
  }
}

/** The placeholder of a bound value, in the dialect's spelling. */
function of(runner: QueryRunner, position: number): string {
  return isPostgres(runner) ? `$${position}` : '?';
}

function documentOf(pattern: OldPattern, signature: string): object {
  const nothing = { outputs: 0, retrievals: 0, fullRetrievals: 0 };
  return {
    signature,
    toolName: pattern.tool_name,
    kind: 'unknown',
    compressions: Number(pattern.compressions),
    retrievals: Number(pattern.retrievals),
    fullRetrievals: Number(pattern.full_retrievals),
    tokensBefore: Number(pattern.tokens_before),
    tokensAfter: Number(pattern.tokens_after),
    itemsBefore: 0,
    itemsAfter: 0,
    itemsRetrieved: 0,
    lately: nothing,
    latest: nothing,
    fields: {},
    queries: {},
  };
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
