import { spawnServer, type SpawnedServer } from '../../support/spawn-server.js';
import { JsonClient } from '../json-client.js';

/** A tool's output, and what its reader wants to know of it later. */
export interface ReadOutput {
  readonly toolName: string;
  readonly content: string;
  /** Values that must stand in the context, or be retrieved by a query that names them. */
  readonly wanted: readonly string[];
  readonly question?: string;
}

export interface Compressed {
  readonly text: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly hash: string | undefined;
}

/** What compressing some outputs came to. */
export interface Outcome {
  readonly wanted: number;
  /** Of the wanted, those that could be read without a retrieval. */
  readonly kept: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly retrievals: number;
}

/** A client that reads outputs through the server, each in a conversation of its own. */
export class Reader {
  private constructor(
    private readonly server: SpawnedServer,
    private readonly client: JsonClient,
    private readonly config: object,
  ) {}

  static async open(
    environment: Readonly<Record<string, string>> = {},
    config: object = {},
  ): Promise<Reader> {
    const server = await spawnServer(environment);
    return new Reader(server, new JsonClient(server.url, 1), config);
  }

  async compress({ toolName, content, question = 'What is there?' }: ReadOutput): Promise<Compressed> {
    const call = { id: 'call_1', type: 'function', function: { name: toolName, arguments: '{}' } };
    const answer = JSON.parse(
      await this.client.post('/v1/compress', {
        model: 'gpt-4o',
        config: this.config,
        messages: [
          { role: 'user', content: question },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'call_1', content },
        ],
      }),
    ) as {
      messages: { content: string }[];
      ccr_hashes: string[];
      message_reports: { tokens_before: number; tokens_after: number }[];
    };
    const report = answer.message_reports[2];
    return {
      text: answer.messages[2]?.content ?? '',
      hash: answer.ccr_hashes.at(-1),
      tokensBefore: report?.tokens_before ?? 0,
      tokensAfter: report?.tokens_after ?? 0,
    };
  }

  /** Reads outputs and retrieves whatever is missing, as an agent does; the server learns from it. */
  async readAll(outputs: readonly ReadOutput[]): Promise<Outcome> {
    let [wanted, kept, tokensBefore, tokensAfter, retrievals] = [0, 0, 0, 0, 0];
    for (const output of outputs) {
      const compressed = await this.compress(output);
      const missing = output.wanted.filter((value) => !compressed.text.includes(value));
      wanted += output.wanted.length;
      kept += output.wanted.length - missing.length;
      tokensBefore += compressed.tokensBefore;
      tokensAfter += compressed.tokensAfter;
      for (const query of missing) {
        if (compressed.hash === undefined) continue;
        retrievals++;
        await this.client.post('/v1/retrieve', { hash: compressed.hash, query });
      }
      // What was observed is published when it is asked for, not only every few seconds.
      if (missing.length > 0) await this.client.get('/v1/toin/stats');
    }
    return { wanted, kept, tokensBefore, tokensAfter, retrievals };
  }

  async close(): Promise<void> {
    this.client.close();
    await this.server.stop();
  }
}
