import type { DataSource } from 'typeorm';
import { RecentRenewals } from './originals/recent-renewals.js';
import type { VectorSearch } from '../vector/vector-search.js';
import type { Dialect } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface DatabaseDescription {
  readonly dialect: Dialect;
  /** The file, or host and database; never a password. */
  readonly location: string;
}

/** An open database with current tables. Everything stored goes through {@link unitOfWork}. */
export abstract class Database {
  abstract readonly dialect: Dialect;
  abstract readonly unitOfWork: UnitOfWork;
  /** In this process, or by PostgreSQL's pgvector. */
  abstract readonly vectors: VectorSearch;
  /** Used on SQLite alone, whose file belongs to this process; another server may remove what is on PostgreSQL. */
  readonly renewals = new RecentRenewals();

  constructor(readonly dataSource: DataSource) {}

  abstract describe(): DatabaseDescription;

  /** One cheap query. @throws HeadroomError `storage_error` when the store does not answer. */
  abstract ping(): Promise<void>;

  /** After an erasure: empties the write-ahead log, which still holds earlier copies of pages (SQLite). */
  abstract scrub(): Promise<void>;

  /** Brings to disk what was written in pieces; see `UnitOptions.isPiece`. */
  abstract persist(): Promise<void>;

  /** Waits for the unit that runs and closes; later units fail. */
  abstract close(): Promise<void>;
}
