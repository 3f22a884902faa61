import { Clock } from '#libs/kernel';
import { afterAll, beforeAll } from 'vitest';
import { anApp, type AnApp, type JsonReply } from '../../support/an-app.js';
import { FakeClock } from '../../support/fake-clock.js';

/** A memory as it stands on the wire. */
export interface WireMemory {
  readonly id: string;
  readonly content: string;
  readonly [field: string]: unknown;
}

let users = 0;

/** An app whose clock the test holds, and the short words in which its tests are told. */
export class AMemoryApp {
  readonly clock = new FakeClock();
  #app: AnApp | undefined;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    beforeAll(async () => {
      this.#app = await anApp(environment, new Map([[Clock, this.clock]]));
    });
    afterAll(() => this.#app?.close());
  }

  get app(): AnApp {
    if (this.#app === undefined) throw new Error('The app opens before the tests.');
    return this.#app;
  }

  send(...request: Parameters<AnApp['send']>): Promise<JsonReply> {
    return this.app.send(...request);
  }

  /** A user whom no other test knows. */
  newUser(): string {
    return `user-${++users}`;
  }

  /** The time on the app's clock, moved by some seconds. */
  at(seconds = 0): string {
    return new Date(this.clock.now().getTime() + seconds * 1000).toISOString();
  }

  create(body: object): Promise<JsonReply> {
    return this.send('POST', '/v1/memories', body);
  }

  async remember(body: object): Promise<WireMemory> {
    const reply = await this.create(body);
    if (reply.status !== 201) throw new Error(reply.text);
    return reply.body as WireMemory;
  }

  supersede(id: string, body: object, headers: Record<string, string> = {}): Promise<JsonReply> {
    return this.send('POST', `/v1/memories/${id}/supersede`, body, headers);
  }

  list(query: Readonly<Record<string, string>>): Promise<JsonReply> {
    return this.send('GET', `/v1/memories?${new URLSearchParams(query).toString()}`);
  }

  async contents(query: Readonly<Record<string, string>>): Promise<string[]> {
    return ((await this.list(query)).body['data'] as WireMemory[]).map(({ content }) => content);
  }

  search(body: object): Promise<JsonReply> {
    return this.send('POST', '/v1/memories/search', body);
  }

  async found(body: object): Promise<string[]> {
    const data = (await this.search(body)).body['data'] as { memory: WireMemory }[];
    return data.map(({ memory }) => memory.content);
  }
}
