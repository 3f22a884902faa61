import { MemoryAudit } from '#libs/memory';
import type { AuditCheck, AuditFinding } from '#libs/memory';
import type { Database } from '../../database.js';
import { sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import type { AuditPage, PagedCheck, Position } from './audit-check.js';
import { oneEnd, wholeLinks } from './chain-checks.js';
import { derivedColumns, emptyTombstones, noDuplicates } from './row-checks.js';
import { indexedTerms, indexTotals, strayTerms } from './term-checks.js';
import { describedMemories, strayTraits } from './trait-checks.js';
import { countedVectors, embeddingModels, livingVectors } from './vector-checks.js';

const CHECKS: readonly PagedCheck[] = [
  derivedColumns,
  emptyTombstones,
  indexedTerms,
  strayTerms,
  describedMemories,
  strayTraits,
  indexTotals,
  livingVectors,
  countedVectors,
  embeddingModels,
  wholeLinks,
  oneEnd,
  noDuplicates,
];
const MOST_EXAMPLES = 5;

/** Checks and mends the memories on SQLite and PostgreSQL; each page is one unit, so servers may go on meanwhile. */
export class SqlMemoryAudit extends MemoryAudit {
  constructor(private readonly database: Database) {
    super();
  }

  override async run(
    repair: boolean,
    onProgress: (check: AuditCheck, checked: number) => void = () => undefined,
  ): Promise<readonly AuditFinding[]> {
    const tenants = await this.database.unitOfWork.tenants();
    const findings: AuditFinding[] = [];
    for (const check of CHECKS) {
      const sum = { checked: 0, faults: 0, repaired: 0 };
      const examples: string[] = [];
      for (const tenantId of tenants) {
        for await (const { checked, faults } of this.#pages(check, tenantId, repair)) {
          sum.checked += checked;
          sum.faults += faults.length;
          if (repair) sum.repaired += faults.filter((fault) => fault.repair !== undefined).length;
          examples.push(...faults.slice(0, MOST_EXAMPLES - examples.length).map(({ id }) => id));
          onProgress(check.check, sum.checked);
        }
      }
      findings.push({ check: check.check, ...sum, examples, remedy: check.remedy });
    }
    return findings;
  }

  async *#pages(check: PagedCheck, tenantId: string, repair: boolean): AsyncGenerator<AuditPage> {
    let after: Position | undefined;
    do {
      const page = await this.#page(check, tenantId, repair, after);
      yield page;
      after = page.next;
    } while (after !== undefined);
  }

  #page(
    check: PagedCheck,
    tenantId: string,
    repair: boolean,
    after: Position | undefined,
  ): Promise<AuditPage> {
    const { unitOfWork } = this.database;
    if (!repair) return unitOfWork.read({ tenantId }, (unit) => check.page(unit, after));
    return unitOfWork.run({ tenantId }, async (unit) => {
      await keepWritersOut(unit);
      const page = await check.page(unit, after);
      for (const fault of page.faults) await fault.repair?.(unit);
      return page;
    });
  }
}

/** What is mended must not change between the look and the repair. On SQLite units take turns anyway. */
async function keepWritersOut(unit: Unit): Promise<void> {
  if (unit.dialect === 'postgres') await unit.run(sql`LOCK TABLE memories IN EXCLUSIVE MODE`);
}
