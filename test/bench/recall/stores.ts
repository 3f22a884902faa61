import { Database, openDatabase } from '#libs/adapters';
import { anApp } from '../../support/an-app.js';
import { startPglite } from '../../support/pglite.js';
import { createPostgresDatabase } from '../../support/postgres.js';
import type { Corpus } from './corpus.js';
import type { Mode } from './measure.js';
import { askCorpus, LOCAL_MODEL, runCorpus } from './run-corpus.js';
import type { Run } from './tables.js';

/** The other stores than SQLite, each of which must find the same. */
export const OTHER_STORES: Readonly<
  Record<string, (corpus: Corpus, modes: readonly Mode[]) => Promise<Run[]>>
> = {
  'PostgreSQL without pgvector': onPostgres,
  'PGlite with pgvector': onPglite,
};

async function onPostgres(corpus: Corpus, modes: readonly Mode[]): Promise<Run[]> {
  const { url, drop } = await createPostgresDatabase();
  try {
    return await runCorpus(corpus, { ...LOCAL_MODEL, HEADROOM_STORE_URL: url }, modes);
  } finally {
    await drop();
  }
}

/** PGlite is a library, so the server runs in this process, over a socket all the same. */
async function onPglite(corpus: Corpus, modes: readonly Mode[]): Promise<Run[]> {
  const pglite = await startPglite();
  const database = await openDatabase({ kind: 'postgres', pool: pglite.pool });
  const served = await anApp(LOCAL_MODEL, new Map([[Database, database]]));
  try {
    await served.app.listen(0, '127.0.0.1');
    return await askCorpus(await served.app.getUrl(), corpus, modes);
  } finally {
    await served.close();
    await database.close();
    await pglite.close();
  }
}
