import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmbedder, DEFAULT_LOCAL_MODEL, TimerPause, TransformersEmbedder } from '#libs/adapters';
import { aMemoryRoom } from '../../support/memory-room.js';

const MODEL_DIR = '../shared/models';
const MODEL = 'glove50-static-384';
const isThere = existsSync(`${MODEL_DIR}/${MODEL}`);
if (!isThere)
  console.warn(`skipped: the local embedding model needs ${MODEL_DIR}/${MODEL} beside the project`);

describe('choosing an embedder', () => {
  it('takes none for auto when there is no model, and says why', () => {
    const { embedder, reason } = createEmbedder({ embedder: 'auto', modelDir: '/nowhere' });
    expect(embedder).toBeNull();
    expect(reason).toContain(DEFAULT_LOCAL_MODEL);
    expect(createEmbedder({ embedder: 'none', modelDir: MODEL_DIR }).embedder).toBeNull();
  });

  it('refuses what was named and cannot be had, saying the remedy', () => {
    expect(() => createEmbedder({ embedder: 'transformers', modelDir: '/nowhere' })).toThrow(
      /put its folder there/,
    );
    expect(() => createEmbedder({ embedder: 'openai', modelDir: '.' })).toThrow(/OPENAI_API_KEY/);
  });

  it('gives a remote service its own default model when the local default was left alone', () => {
    const remote = createEmbedder({ embedder: 'ollama', model: DEFAULT_LOCAL_MODEL, modelDir: '.' });
    expect(remote.embedder?.model).toBe('nomic-embed-text');
  });
});

describe.skipIf(!isThere)('the local model', () => {
  let embedder: TransformersEmbedder | undefined;
  const open = (): TransformersEmbedder =>
    (embedder = new TransformersEmbedder({ model: MODEL, directory: MODEL_DIR }));
  afterEach(() => embedder?.close());

  it('is taken by auto', async () => {
    const { embedder: chosen } = createEmbedder({ embedder: 'auto', model: MODEL, modelDir: MODEL_DIR });
    expect(chosen?.model).toBe(MODEL);
    await chosen?.close();
  });

  it('leaves nothing behind on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const cat = open();
    for (let i = 0; i < 3; i++) await cat.embed(['the cat'], { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('gives one unit vector per text, in order, whatever the batch', async () => {
    const texts = Array.from(
      { length: 40 },
      (_, i) => `the cat number ${i} ${'sits on the mat '.repeat(i % 5)}`,
    );
    const together = await open().embed(texts);
    expect(together).toHaveLength(40);
    const alone = await embedder?.embed([texts[17] ?? '']);
    const cosine = alone?.[0]?.reduce((sum, value, i) => sum + value * (together[17]?.[i] ?? 0), 0);
    expect(cosine).toBeCloseTo(1, 4);
    for (const vector of together) {
      expect(vector).toHaveLength(384);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }
  });

  it('finds memories by meaning', async () => {
    const room = aMemoryRoom(open());
    await room.remember('The doctor treats patients');
    await room.remember('Stocks fell on the market');
    await room.memories.settle();
    const [vector] = (await embedder?.embed(['physician in a hospital'])) ?? [];
    const view = {
      scope: { userId: 'anna' },
      mode: 'resolve',
      now: room.clock.now(),
      includeSuperseded: false,
    } as const;
    const { hits } = await room.store.semanticHits(
      room.caller,
      view,
      { model: MODEL, vector: vector ?? new Float32Array() },
      2,
    );
    expect(hits[0]?.memory.content).toBe('The doctor treats patients');
    await room.memories.stop();
  });

  it('embeds a query before the rest of a backlog', async () => {
    const opened = open();
    await opened.load();
    const done: string[] = [];
    const backlog = Array.from(
      { length: 2_000 },
      (_, i) => `memory ${i} ${'of a long day at sea '.repeat(10)}`,
    );
    const background = opened.embed(backlog, { isBackground: true }).then((vectors) => {
      done.push('backlog');
      return vectors;
    });
    await opened.embed(['a question']).then(() => done.push('question'));
    expect(await background).toHaveLength(2_000);
    expect(done).toEqual(['question', 'backlog']);
  });

  it('lets go of a cancelled call and serves the next', async () => {
    const cancel = new AbortController();
    const cancelled = open().embed(['x'], { signal: cancel.signal });
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'unavailable' });
    expect(await embedder?.embed(['x'])).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const waiting = new TimerPause().wait(3_600_000, cancel.signal);
    cancel.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
