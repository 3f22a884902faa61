import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['requests', 'savings', 'tool_patterns'];

/** Handled requests, what they saved per hour and model, and what is known of each tool: counts, never contents. */
export class Usage1763800600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big, real } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE requests (
        tenant_id ${key} NOT NULL,
        id ${key} NOT NULL,
        user_id ${key},
        at ${big} NOT NULL,
        operation TEXT NOT NULL,
        provider TEXT,
        model TEXT,
        mode TEXT NOT NULL,
        tokens_before ${big} NOT NULL,
        tokens_after ${big} NOT NULL,
        output_tokens ${big} NOT NULL,
        saved_usd ${real} NOT NULL,
        cost_usd ${real} NOT NULL,
        overhead_ms ${real} NOT NULL,
        latency_ms ${real} NOT NULL,
        transforms TEXT NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`,
      `CREATE INDEX requests_by_time ON requests (tenant_id, at)`,
      `CREATE INDEX requests_by_user ON requests (tenant_id, user_id) WHERE user_id IS NOT NULL`,
      // The hour is its start in milliseconds; the model is empty where a request named none.
      `CREATE TABLE savings (
        tenant_id ${key} NOT NULL,
        hour ${big} NOT NULL,
        model ${key} NOT NULL,
        requests ${big} NOT NULL,
        failed ${big} NOT NULL,
        tokens_before ${big} NOT NULL,
        tokens_after ${big} NOT NULL,
        output_tokens ${big} NOT NULL,
        saved_usd ${real} NOT NULL,
        cost_usd ${real} NOT NULL,
        PRIMARY KEY (tenant_id, hour, model)
      )`,
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
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
