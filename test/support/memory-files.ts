import { send, type Reply } from './send.js';

export const NDJSON = { 'content-type': 'application/x-ndjson' };

/** A memory in an exported file. */
export interface Line {
  readonly id: string;
  readonly content: string;
  readonly [field: string]: unknown;
}

/** Moves memories in and out of one server. @param key the headers that say who does. */
export class MemoryFiles {
  constructor(
    private readonly url: string,
    private readonly key: Readonly<Record<string, string>> = {},
  ) {}

  exported(query: string): Promise<Reply> {
    return send(`${this.url}/v1/memories/export?${query}`, { headers: this.key });
  }

  imported(body: string, query = ''): Promise<Reply> {
    const headers = { ...NDJSON, ...this.key };
    return send(`${this.url}/v1/memories/import${query}`, { method: 'POST', body, headers });
  }
}

export function linesOf({ text }: Reply): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** A sound line, but for what the fields say. */
export function aLine(fields: object): string {
  return JSON.stringify({
    content: 'likes tea',
    user_id: 'eve',
    created_at: '2026-01-02T03:04:05.006Z',
    ...fields,
  });
}
