import type { Caller } from '#libs/kernel';
import { type PatternDelta, PatternStore, type ToolPattern } from '#libs/learning';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { labelText } from '../exact-text.js';
import { sql, trusted } from '../sql.js';
import { toPattern } from './usage.mapper.js';

const COUNTS = ['compressions', 'retrievals', 'full_retrievals', 'tokens_before', 'tokens_after'];
const ADDED = COUNTS.map((column) => `${column} = tool_patterns.${column} + excluded.${column}`).join(', ');

/** What is known of tools, on SQLite and PostgreSQL. */
export class SqlPatternStore extends PatternStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async add(caller: Caller, toolName: string, delta: PatternDelta): Promise<void> {
    const { compressions = 0, retrievals = 0, fullRetrievals = 0, tokensBefore = 0, tokensAfter = 0 } = delta;
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`INSERT INTO tool_patterns (tenant_id, address, tool_name, ${trusted(COUNTS.join(', '))})
        VALUES (${caller.tenantId}, ${addressOf(toolName)}, ${labelText(toolName)}, ${compressions}, ${retrievals},
          ${fullRetrievals}, ${tokensBefore}, ${tokensAfter})
        ON CONFLICT (tenant_id, address) DO UPDATE SET ${trusted(ADDED)}`),
    );
  }

  override find(caller: Caller, toolName: string): Promise<ToolPattern | null> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(sql`SELECT * FROM tool_patterns
        WHERE tenant_id = ${caller.tenantId} AND address = ${addressOf(toolName)}`);
      return row ? toPattern(row) : null;
    });
  }

  override list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await unit.all(sql`SELECT * FROM tool_patterns WHERE tenant_id = ${caller.tenantId}
        ORDER BY compressions DESC, address LIMIT ${Math.max(0, limit)}`);
      return rows.map(toPattern);
    });
  }
}
