import { HeadroomError } from '#libs/kernel';
import { MigrationExecutor } from 'typeorm';
import type { DataSource, QueryRunner } from 'typeorm';
import { Tenants1763800000000 } from '../../../../migrations/1763800000000-Tenants.js';
import { Memories1763800100000 } from '../../../../migrations/1763800100000-Memories.js';
import { MemoryTerms1763800150000 } from '../../../../migrations/1763800150000-MemoryTerms.js';
import { MemoryVectors1763800200000 } from '../../../../migrations/1763800200000-MemoryVectors.js';
import { Originals1763800300000 } from '../../../../migrations/1763800300000-Originals.js';
import { SharedContexts1763800400000 } from '../../../../migrations/1763800400000-SharedContexts.js';
import { Conversations1763800500000 } from '../../../../migrations/1763800500000-Conversations.js';
import { Usage1763800600000 } from '../../../../migrations/1763800600000-Usage.js';
import { IdempotencyKeys1763800700000 } from '../../../../migrations/1763800700000-IdempotencyKeys.js';
import { SessionPins1763800800000 } from '../../../../migrations/1763800800000-SessionPins.js';
import { MemoryVectorTotals1763800900000 } from '../../../../migrations/1763800900000-MemoryVectorTotals.js';
import { PromotedTwins1763800950000 } from '../../../../migrations/1763800950000-PromotedTwins.js';
import { Turns1763801500000 } from '../../../../migrations/1763801500000-Turns.js';
import { MemoriesInStoredOrder1763801600000 } from '../../../../migrations/1763801600000-MemoriesInStoredOrder.js';
import { MemoryTraits1764500000000 } from '../../../../migrations/1764500000000-MemoryTraits.js';
import { SharedContextEvents1764600000000 } from '../../../../migrations/1764600000000-SharedContextEvents.js';
import { Handoffs1764600100000 } from '../../../../migrations/1764600100000-Handoffs.js';
import { ConversationStates1764600200000 } from '../../../../migrations/1764600200000-ConversationStates.js';
import { LearnedPatterns1764600300000 } from '../../../../migrations/1764600300000-LearnedPatterns.js';
import { AwaitedLinks1764600500000 } from '../../../../migrations/1764600500000-AwaitedLinks.js';
import { HiddenCalls1765000000000 } from '../../../../migrations/1765000000000-HiddenCalls.js';
import { StepsOfClaims1765000100000 } from '../../../../migrations/1765000100000-StepsOfClaims.js';
import { SelectiveMemoryIndexes1765000200000 } from '../../../../migrations/1765000200000-SelectiveMemoryIndexes.js';
import { FailedJobs1765000300000 } from '../../../../migrations/1765000300000-FailedJobs.js';
import { TwinsByUser1765100000000 } from '../../../../migrations/1765100000000-TwinsByUser.js';

/** Every change of the tables, in order. Named one by one, so that the built server carries them too. */
export const migrations = [
  Tenants1763800000000,
  Memories1763800100000,
  MemoryTerms1763800150000,
  MemoryVectors1763800200000,
  Originals1763800300000,
  SharedContexts1763800400000,
  Conversations1763800500000,
  Usage1763800600000,
  IdempotencyKeys1763800700000,
  SessionPins1763800800000,
  MemoryVectorTotals1763800900000,
  PromotedTwins1763800950000,
  Turns1763801500000,
  MemoriesInStoredOrder1763801600000,
  MemoryTraits1764500000000,
  SharedContextEvents1764600000000,
  Handoffs1764600100000,
  ConversationStates1764600200000,
  LearnedPatterns1764600300000,
  AwaitedLinks1764600500000,
  HiddenCalls1765000000000,
  StepsOfClaims1765000100000,
  SelectiveMemoryIndexes1765000200000,
  FailedJobs1765000300000,
  TwinsByUser1765100000000,
];

export const MIGRATIONS_TABLE = 'schema_migrations';

/** `apply`: tables are brought up to date; `require`: the store is left as it is, and refused where it is older. */
export type MigrationMode = 'apply' | 'require';

/** @throws HeadroomError `configuration_error` when something is pending and must not be applied. */
export async function bringUpToDate(
  dataSource: DataSource,
  runner: QueryRunner,
  mode: MigrationMode = 'apply',
): Promise<void> {
  if (mode === 'apply') await applyMigrations(dataSource, runner);
  else await requireMigrations(dataSource, runner);
}

async function requireMigrations(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  const pending = await new MigrationExecutor(dataSource, runner).getPendingMigrations();
  if (pending.length === 0) return;
  throw new HeadroomError(
    'configuration_error',
    `The tables of this store are older than this version: ${pending.map(({ name }) => name).join(', ')} ` +
      'would have to be applied. Start this version of the server once, which does that.',
  );
}

/** Runs what is pending, all or nothing, on the given connection alone. */
async function applyMigrations(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'all';
  await executor.executePendingMigrations();
}
