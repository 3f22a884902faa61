import fc from 'fast-check';
import { expect, it } from 'vitest';
import { insertRecords } from '../../libs/adapters/src/database/insert-row.js';
import { bytes, isNull, numeric, optionalText, text } from '../../libs/adapters/src/database/row.js';
import { sql } from '../../libs/adapters/src/database/sql.js';
import { describeOnDatabases, newTenant } from '../support/databases.js';

/** Neither database keeps NUL in text. */
const texts = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((value) => value.replaceAll('\u0000', '\\u0000'));
const rows = fc.uniqueArray(
  fc.record({
    address: texts,
    user_id: fc.option(texts),
    status: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    response: fc.option(fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value))),
    created_at: fc.maxSafeInteger(),
  }),
  { selector: ({ address }) => address, minLength: 1, maxLength: 8 },
);

describeOnDatabases('rows that are inserted together', (database) => {
  it('come back as they were given, each in its column', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const tenancy = { tenantId: newTenant() };
        const records = given.map((row) => ({
          tenant_id: tenancy.tenantId,
          claim_id: `"c\\u0041\\" of ${row.address}`,
          body_hash: '{"a": [1, null]}',
          ...row,
        }));
        await database().unitOfWork.run(tenancy, (unit) =>
          unit.send(insertRecords(unit.dialect, 'idempotency_keys', records)),
        );
        const kept = await database().unitOfWork.read(tenancy, (unit) =>
          unit.all(sql`SELECT * FROM idempotency_keys WHERE tenant_id = ${tenancy.tenantId}`),
        );
        const known = new Map(
          kept.map((row) => [
            text(row, 'address'),
            {
              tenant_id: text(row, 'tenant_id'),
              claim_id: text(row, 'claim_id'),
              body_hash: text(row, 'body_hash'),
              address: text(row, 'address'),
              user_id: optionalText(row, 'user_id') ?? null,
              status: isNull(row, 'status') ? null : numeric(row, 'status'),
              response: isNull(row, 'response') ? null : bytes(row, 'response'),
              created_at: numeric(row, 'created_at'),
            },
          ]),
        );
        expect(records.map(({ address }) => known.get(address))).toEqual(records);
      }),
      { numRuns: 50 },
    );
  });
});
