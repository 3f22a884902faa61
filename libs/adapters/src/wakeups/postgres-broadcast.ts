import pg from 'pg';
import type { Database } from '../database/database.js';
import { type Broadcast, WAKEUP_CHANNEL } from './broadcast-wakeups.js';

const AGAIN_AFTER_MS = 1_000;

/**
 * LISTEN on a connection of its own, NOTIFY on one of the pool, in a transaction of its own: a transaction with a
 * NOTIFY in it commits while no other of them does, which writers should not have to wait for.
 */
export class PostgresBroadcast implements Broadcast {
  #client: pg.Client | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly url: string,
    private readonly onFault: (error: unknown) => void,
  ) {}

  listen(onMessage: (message: string) => void, onRestored: () => void): void {
    void this.#connect(onMessage, onRestored);
  }

  async send(messages: readonly string[]): Promise<void> {
    await this.database.dataSource.query(
      `SELECT pg_notify('${WAKEUP_CHANNEL}', message) FROM unnest($1::text[]) AS message`,
      [messages],
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(onMessage: (message: string) => void, onRestored: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'headroom wake-ups',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    this.#client = client;
    let hasFailed = false;
    const fail = (error: unknown): void => {
      if (hasFailed || this.#isClosed) return;
      hasFailed = true;
      this.onFault(error);
      void client.end().catch(() => undefined);
      this.#again = setTimeout(() => void this.#connect(onMessage, onRestored), AGAIN_AFTER_MS).unref();
    };
    client.on('error', fail);
    client.on('end', () => {
      fail(new Error('PostgreSQL ended the connection that hears of events.'));
    });
    client.on('notification', ({ payload = '' }) => {
      onMessage(payload);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${WAKEUP_CHANNEL}`);
      onRestored();
    } catch (error) {
      fail(error);
    }
  }
}
