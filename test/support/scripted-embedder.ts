import { Pause } from '#libs/kernel';
import { Embedder, type EmbedOptions } from '#libs/memory';
import { analyse } from '#libs/relevance';

const DIMENSIONS = 64;

/** Vectors of hashed terms, with synonyms sharing a direction; can be told to fail or to hang. */
export class ScriptedEmbedder extends Embedder {
  override readonly model: string = 'scripted';
  state: 'up' | 'down' | 'hanging' = 'up';
  /** Texts that the model refuses whatever its state. */
  readonly refused = new Set<string>();
  readonly embedded: string[] = [];

  constructor(
    override readonly isLocal = false,
    private readonly synonyms: Readonly<Record<string, string>> = {},
  ) {
    super();
  }

  override embed(texts: readonly string[], { signal }: EmbedOptions = {}): Promise<readonly Float32Array[]> {
    if (this.state === 'down') return Promise.reject(new Error('the model is down'));
    if (this.state === 'hanging') {
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    }
    if (texts.some((text) => this.refused.has(text))) return Promise.reject(new Error('refused'));
    this.embedded.push(...texts);
    return Promise.resolve(texts.map((text) => this.#vectorOf(text)));
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  #vectorOf(text: string): Float32Array {
    const vector = new Float32Array(DIMENSIONS);
    for (const term of analyse(text)) {
      const shared = this.synonyms[term] ?? term;
      const place =
        Array.from(shared).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7) %
        DIMENSIONS;
      vector[place] = (vector[place] ?? 0) + 1;
    }
    const length = Math.hypot(...vector);
    return length === 0 ? vector : vector.map((value) => value / length);
  }
}

/** Lets no time pass: waiting ends in the next turn of the event loop, unless the pause is told to stand still. */
export class InstantPause extends Pause {
  readonly waits: number[] = [];

  constructor(private readonly standsStill: (milliseconds: number) => boolean = () => false) {
    super();
  }

  override async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(milliseconds);
    if (!this.standsStill(milliseconds)) {
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    await new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  }
}
