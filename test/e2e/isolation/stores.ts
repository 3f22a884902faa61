import { createPostgresDatabase } from '../../support/postgres.js';
import { addressOf } from '../../support/services.js';

/** A store that a server under test is opened on. */
export interface OpenedStore {
  /** The server's settings for it. */
  readonly settings: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/** Where isolation is proven; `isMissing` where it cannot run. */
export const STORES: readonly {
  readonly store: 'SQLite' | 'PostgreSQL';
  readonly isMissing: boolean;
  readonly open: () => Promise<OpenedStore>;
}[] = [
  {
    store: 'SQLite',
    isMissing: false,
    open: () => Promise.resolve({ settings: {}, drop: () => Promise.resolve() }),
  },
  {
    store: 'PostgreSQL',
    isMissing: addressOf('PostgreSQL') === undefined,
    open: async () => {
      const { url, drop } = await createPostgresDatabase();
      return { settings: { HEADROOM_STORE_URL: url }, drop };
    },
  },
];
