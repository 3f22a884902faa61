/** One Server-Sent Event that has data. */
export interface ServerEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of an event stream, which remembers the last id as browsers do (WHATWG HTML, 9.2.6). */
export class EventReader {
  readonly events: ServerEvent[] = [];
  /** Comments, which tell an application nothing. */
  comments = 0;
  lastEventId = '';
  status = 0;
  #waiting: (() => void)[] = [];
  #connection = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(
    private url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Opens the stream, or opens it again after the last id. @returns once the answer's head is there. */
  async open(url = this.url): Promise<Response> {
    this.url = url;
    this.#connection = new AbortController();
    const response = await fetch(url, {
      headers: {
        ...this.headers,
        accept: 'text/event-stream',
        ...(this.lastEventId !== '' && { 'last-event-id': this.lastEventId }),
      },
      signal: this.#connection.signal,
    });
    this.status = response.status;
    if (response.ok && response.body !== null) this.#done = this.#read(response.body);
    return response;
  }

  /** Resolves when the server ended the stream or it broke. */
  get ended(): Promise<void> {
    return this.#done;
  }

  async close(): Promise<void> {
    this.#connection.abort();
    await this.#done;
  }

  /** Waits until so many events have come. @throws with what came, after `withinMs`. */
  async take(count: number, withinMs = 10_000): Promise<readonly ServerEvent[]> {
    const end = Date.now() + withinMs;
    while (this.events.length < count) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`${count} events were awaited and came: ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.events.slice(0, count);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    try {
      for await (const piece of body.pipeThrough(new TextDecoderStream())) {
        text += piece;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
        for (const wake of this.#waiting.splice(0)) wake();
      }
    } catch {
      // The connection broke.
    }
  }

  #take(block: string): void {
    let type = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line.startsWith(':')) this.comments++;
      else if (field === 'id') this.lastEventId = value;
      else if (field === 'event') type = value;
      else if (field === 'data') data += value;
    }
    if (data !== '')
      this.events.push({ id: this.lastEventId, type, data: JSON.parse(data) as ServerEvent['data'] });
  }
}

/** `type key version` of each, which is what most tests are about. */
export function saying(events: readonly ServerEvent[]): readonly string[] {
  return events.map(({ type, data: { key, version } }) => `${type} ${String(key)} ${String(version)}`);
}
