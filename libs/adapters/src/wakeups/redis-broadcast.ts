import { once } from 'node:events';
import type { Redis, RedisOptions } from 'ioredis';
import { withDeadline } from '../redis/deadline.js';
import { type Broadcast, WAKEUP_CHANNEL } from './broadcast-wakeups.js';

const SENT_WITHIN_MS = 2_000;

/** PUBLISH and SUBSCRIBE, each on a connection that is opened when it is first needed and comes back by itself. */
export class RedisBroadcast implements Broadcast {
  #publisher: Promise<Redis> | undefined;
  #subscriber: Promise<Redis> | undefined;
  #isClosed = false;

  constructor(
    private readonly url: string,
    private readonly onFault: (error: unknown) => void,
  ) {}

  listen(onMessage: (message: string) => void, onRestored: () => void): void {
    this.#subscriber ??= this.#connect({ enableOfflineQueue: true });
    const subscribe = async (redis: Redis): Promise<void> => {
      redis.on('message', (_channel, message) => {
        onMessage(message);
      });
      redis.on('ready', onRestored);
      await redis.subscribe(WAKEUP_CHANNEL);
      onRestored();
    };
    this.#subscriber.then(subscribe).catch((error: unknown) => {
      if (!this.#isClosed) this.onFault(error);
    });
  }

  async send(messages: readonly string[]): Promise<void> {
    // A hint that waits for a connection is soon of no use: what cannot be sent in time is dropped.
    this.#publisher ??= this.#connect({ enableOfflineQueue: false });
    const redis = await this.#publisher;
    await withDeadline(SENT_WITHIN_MS, async () => {
      if (redis.status !== 'ready') await once(redis, 'ready');
      await Promise.all(messages.map((message) => redis.publish(WAKEUP_CHANNEL, message)));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const opened of [this.#publisher, this.#subscriber]) {
      const redis = await opened?.catch(() => undefined);
      redis?.disconnect();
    }
  }

  /** Loads the client only here: a server without Redis need not wait for it at start. */
  async #connect(options: Pick<RedisOptions, 'enableOfflineQueue'>): Promise<Redis> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(this.url, { ...options, maxRetriesPerRequest: null });
    return redis.on('error', this.onFault);
  }
}
