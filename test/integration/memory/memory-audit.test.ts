import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqlMemoryAudit, SqlMemoryStore } from '#libs/adapters';
import type { AuditCheck, AuditFinding, Memory } from '#libs/memory';
import { sql, type Sql } from '../../../libs/adapters/src/database/sql.js';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView, words } from '../../support/memories.js';

/** A memory of the tenant, named by the columns that a break may need. */
interface Subject {
  readonly tenantId: string;
  readonly plain: Memory;
  readonly old: Memory;
  readonly current: Memory;
  readonly erased: string;
}

interface Break {
  readonly what: string;
  readonly check: AuditCheck;
  readonly statements: (subject: Subject) => readonly Sql[];
  readonly isMended: boolean;
}

const set = (change: Sql, { tenantId }: Subject, id: string): Sql =>
  sql`UPDATE memories SET ${change} WHERE tenant_id = ${tenantId} AND id = ${id}`;

const BREAKS: readonly Break[] = [
  {
    what: 'a scope key of another scope',
    check: 'rows',
    statements: (s) => [set(sql`scope_key = 'other'`, s, s.plain.id)],
    isMended: true,
  },
  {
    what: 'a hash of another content',
    check: 'rows',
    statements: (s) => [set(sql`content_hash = 'other'`, s, s.plain.id)],
    isMended: true,
  },
  {
    what: 'a tombstone that still says something',
    check: 'tombstones',
    statements: (s) => [set(sql`subject = 'home', metadata = '{"a":1}'`, s, s.erased)],
    isMended: true,
  },
  {
    what: 'a term that is not in the index',
    check: 'text index',
    statements: (s) => [
      sql`DELETE FROM memory_terms WHERE tenant_id = ${s.tenantId} AND term = ${'quaggas'}`,
    ],
    isMended: true,
  },
  {
    what: 'a term that no memory has',
    check: 'stray terms',
    statements: (s) => [
      sql`INSERT INTO memory_terms (tenant_id, owner, term, seq, frequency, length)
        SELECT tenant_id, owner, 'unsaid', seq, 1, 1 FROM memory_terms
        WHERE tenant_id = ${s.tenantId} AND term = ${'quaggas'}`,
    ],
    isMended: true,
  },
  {
    what: 'a memory that ranking does not know',
    check: 'traits',
    statements: (s) => [sql`DELETE FROM memory_traits WHERE tenant_id = ${s.tenantId}`],
    isMended: true,
  },
  {
    what: 'a memory in another episode',
    check: 'traits',
    statements: (s) => [sql`UPDATE memory_traits SET episode = 7 WHERE tenant_id = ${s.tenantId}`],
    isMended: true,
  },
  {
    what: 'a description of a memory that is gone',
    check: 'stray traits',
    statements: (s) => [
      sql`INSERT INTO memory_traits (tenant_id, owner, seq, length, episode, position, asked, topic, told_at)
        VALUES (${s.tenantId}, 1, 999999999, 1, 0, -1, 0, 0, 0)`,
    ],
    isMended: true,
  },
  {
    what: 'totals that miss what was added',
    check: 'index totals',
    statements: (s) => [sql`UPDATE memory_term_totals SET newest = 0 WHERE tenant_id = ${s.tenantId}`],
    isMended: true,
  },
  {
    what: 'vectors that are not counted',
    check: 'vector totals',
    statements: (s) => [sql`DELETE FROM memory_vector_totals WHERE tenant_id = ${s.tenantId}`],
    isMended: true,
  },
  {
    what: 'vectors that are counted twice',
    check: 'vector totals',
    statements: (s) => [
      sql`UPDATE memory_vector_totals SET vectors = vectors * 2 WHERE tenant_id = ${s.tenantId}`,
    ],
    isMended: true,
  },
  {
    what: 'totals that count too many',
    check: 'index totals',
    statements: (s) => [
      sql`UPDATE memory_term_totals SET documents = documents + 1 WHERE tenant_id = ${s.tenantId}`,
    ],
    isMended: true,
  },
  {
    what: 'a vector of a memory that is gone',
    check: 'vectors',
    statements: (s) => [
      sql`INSERT INTO memory_vectors (tenant_id, memory_id, seq, user_id, model, dimensions, vector)
        SELECT tenant_id, 'mem_gone', seq, user_id, model, dimensions, vector FROM memory_vectors
        WHERE tenant_id = ${s.tenantId}`,
    ],
    isMended: true,
  },
  {
    what: 'a vector of another user',
    check: 'vectors',
    statements: (s) => [sql`UPDATE memory_vectors SET user_id = 'bert' WHERE tenant_id = ${s.tenantId}`],
    isMended: true,
  },
  {
    what: 'a model without its vector',
    check: 'embedding models',
    statements: (s) => [set(sql`embedding_model = 'm'`, s, s.old.id)],
    isMended: true,
  },
  {
    what: 'a vector whose model is not named',
    check: 'embedding models',
    statements: (s) => [set(sql`embedding_model = NULL`, s, s.plain.id)],
    isMended: true,
  },
  {
    what: 'a link that the older side does not know',
    check: 'links',
    statements: (s) => [
      set(sql`superseded_by = NULL, valid_until = NULL, superseded_at = NULL`, s, s.old.id),
    ],
    isMended: true,
  },
  {
    what: 'a link that the newer side does not know',
    check: 'links',
    statements: (s) => [set(sql`supersedes = NULL`, s, s.current.id)],
    isMended: true,
  },
  {
    what: 'intervals that do not join',
    check: 'links',
    statements: (s) => [set(sql`valid_until = valid_until + 5`, s, s.old.id)],
    isMended: true,
  },
  {
    what: 'a link in another chain',
    check: 'links',
    statements: (s) => [set(sql`chain_id = 'other'`, s, s.current.id)],
    isMended: true,
  },
  {
    what: 'a link to nowhere',
    check: 'links',
    statements: (s) => [set(sql`supersedes = 'mem_nowhere'`, s, s.current.id)],
    isMended: false,
  },
  {
    what: 'a chain that forks',
    check: 'links',
    statements: (s) => [set(sql`superseded_by = ${s.current.id}`, s, s.plain.id)],
    isMended: false,
  },
  {
    what: 'a chain that goes round',
    check: 'chains',
    statements: (s) => [
      set(sql`supersedes = ${s.current.id}`, s, s.old.id),
      set(sql`superseded_by = ${s.old.id}`, s, s.current.id),
    ],
    isMended: false,
  },
  {
    what: 'the same content twice',
    check: 'duplicates',
    statements: (s) => [
      set(
        sql`content = (SELECT o.content FROM memories o WHERE o.tenant_id = ${s.tenantId} AND o.id = ${s.plain.id}),
          content_hash = ${s.plain.contentHash}, supersedes = NULL`,
        s,
        s.current.id,
      ),
      set(sql`superseded_by = NULL, valid_until = NULL, superseded_at = NULL`, s, s.old.id),
    ],
    isMended: false,
  },
];

describeOnDatabases('the audit of memories', (database) => {
  const clock = new FakeClock();
  let subject: Subject;

  const audit = async (repair = false): Promise<readonly AuditFinding[]> =>
    (await new SqlMemoryAudit(database()).run(repair)).filter(({ faults }) => faults > 0);
  const caller = () => aCaller({ tenantId: subject.tenantId });

  beforeEach(async () => {
    const tenantId = newTenant();
    const owner = aCaller({ tenantId });
    const store = new SqlMemoryStore(database(), clock);
    const embedding = { model: 'm', vector: Float32Array.from([1, 0]) };
    const { memory: plain } = await store.insert(
      owner,
      { ...aMemory(clock, { content: 'keeps quaggas' }), embedding },
      'supersede',
    );
    const first = await store.insert(owner, aMemory(clock, { content: 'lives in Rome' }), 'supersede');
    const ended = { validUntil: clock.now(), supersededAt: clock.now() };
    const retired = aMemory(clock, { content: 'walks to work', ...ended });
    await store.importMany(owner, [retired, aMemory(clock, { content: 'sings', ...ended })]);
    await store.insert(owner, aMemory(clock, { content: 'sings' }), 'supersede');
    await store.importMany(owner, [aMemory(clock, { content: 'sings', supersedes: 'mem_to_come' })]);
    clock.advanceSeconds(10);
    await store.supersede(owner, retired.memory.id, aMemory(clock, { content: 'takes the tram to work' }));
    const { memory: current, superseded: old } = await store.supersede(
      owner,
      first.memory.id,
      aMemory(clock, { content: 'lives in Oslo' }),
    );
    const erased = await store.insert(owner, aMemory(clock, { content: 'said in error' }), 'supersede');
    await store.remove(owner, erased.memory.id, clock.now());
    subject = { tenantId, plain, old, current, erased: erased.memory.id };
  });

  // What a test left broken is no other's concern.
  afterEach(() => new SqlMemoryStore(database(), clock).removeScope(caller(), { userId: 'anna' }));

  it('finds nothing in a store that was only written through its port', async () => {
    expect(await audit()).toEqual([]);
    expect(await audit(true)).toEqual([]);
  });

  it.each(BREAKS)('finds $what', async ({ check, statements, isMended }) => {
    const store = new SqlMemoryStore(database(), clock);
    const contents = async () =>
      (
        await store.list(caller(), {
          limit: 50,
          orderBy: 'created_at',
          order: 'asc',
          view: aView(clock, { includeSuperseded: true }),
        })
      ).data
        .map(({ content }) => content)
        .sort();
    const before = await contents();
    await database().unitOfWork.run(caller(), async (unit) => {
      for (const statement of statements(subject)) await unit.run(statement);
    });
    const broken = await contents();

    const found = await audit();
    expect(found.map((finding) => finding.check)).toContain(check);
    expect(found.every(({ repaired }) => repaired === 0)).toBe(true);
    expect(await audit(), 'looking changes nothing').toEqual(found);

    await audit(true);
    const left = await audit();
    if (isMended) expect(left).toEqual([]);
    else expect(left.map((finding) => finding.check)).toContain(check);
    expect(await contents(), 'no content goes').toEqual(isMended ? before : broken);
    if (isMended && check !== 'tombstones') {
      const hits = await store.keywordHits(caller(), aView(clock), words(['quaggas']), 5);
      expect(hits.hits.map(({ memory }) => memory.id)).toEqual([subject.plain.id]);
      const chain = await store.chain(caller(), subject.old.id);
      expect(chain).toEqual(
        [subject.old, subject.current].map(
          (memory) => expect.objectContaining({ id: memory.id, validUntil: memory.validUntil }) as Memory,
        ),
      );
    }
  });
});
