import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadModel, LocalEmbedder } from '#libs/adapters';
import { GLOVE, GLOVE_FOLDER, hasGlove } from '../../support/glove-model.js';
import { type HubScript, ScriptedHub, sha256 } from '../../support/scripted-hub.js';

const { model } = GLOVE;
const ONNX = 'onnx/model_quantized.onnx';
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', ONNX];

describe.skipIf(!hasGlove)('fetching a model from a hub', () => {
  let hub: ScriptedHub;
  let hubUrl: string;
  let directory: string;
  let embedder: LocalEmbedder | undefined;
  beforeEach(async () => {
    hub = new ScriptedHub(GLOVE_FOLDER, `Xenova/${model}`);
    hubUrl = await hub.start();
    directory = mkdtempSync(join(tmpdir(), 'headroom-models-'));
  });
  afterEach(async () => {
    await embedder?.close();
    embedder = undefined;
    await hub.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const percents: number[] = [];
  const download = (name: string = model): Promise<void> => {
    percents.length = 0;
    return downloadModel({
      directory,
      model: name,
      hubUrl,
      signal: new AbortController().signal,
      onProgress: (percent) => percents.push(percent),
    });
  };
  /** The first request for the model's weights is answered by the script. */
  const once = (script: HubScript): HubScript => {
    let isDone = false;
    return (request, response) => {
      if (isDone || request.file !== ONNX) return false;
      isDone = true;
      return script(request, response);
    };
  };
  const expectWhole = (): void => {
    // Compared at once: the test runner's own comparison of megabytes takes half a minute.
    const isSame = (file: string) => readFileSync(join(directory, model, file)).equals(hub.contentOf(file));
    expect(FILES.filter((file) => !isSame(file))).toEqual([]);
    expect(readdirSync(directory)).toEqual([model]);
  };

  it('brings every file, records what came, and tells how far it is', async () => {
    await download();
    expectWhole();
    const recorded = JSON.parse(readFileSync(join(directory, model, 'checksums.json'), 'utf8')) as unknown;
    const sum = (file: string) => ({ size: hub.contentOf(file).length, sha256: sha256(hub.contentOf(file)) });
    expect(recorded).toEqual({
      source: `${hubUrl}/Xenova/${model}`,
      revision: 'c0ffee',
      files: Object.fromEntries(FILES.map((file) => [file, sum(file)])),
    });
    expect(percents[0]).toBe(0);
    expect(percents.at(-1)).toBe(99);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  });

  it('takes up a file where the connection broke', async () => {
    hub.script = once((_, response) => {
      const content = hub.contentOf(ONNX);
      response.writeHead(200, { 'content-length': content.length, etag: '"weights"' });
      response.write(content.subarray(0, 1_000_000), () => response.destroy());
      return true;
    });
    // The part has to be of the same file.
    const first = hub.script;
    hub.script = (request, response) => {
      if (first(request, response)) return true;
      if (request.range === undefined) return false;
      const content = hub.contentOf(ONNX);
      const from = Number(/\d+/.exec(request.range)?.[0]);
      response.writeHead(206, {
        etag: '"weights"',
        'content-length': content.length - from,
        'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      });
      response.end(content.subarray(from));
      return true;
    };
    await download();
    expectWhole();
    const asked = hub.requests.filter(({ file }) => file === ONNX);
    expect(asked.map(({ range }) => range === undefined)).toEqual([true, false]);
  });

  it.each([
    ['overloaded, for the time it asks', 429, { 'retry-after': '1' }],
    ['failing', 503, {}],
  ])('waits for a hub that is %s', async (_, status, headers) => {
    hub.script = once((_request, response) => {
      response.writeHead(status, headers).end('later');
      return true;
    });
    await download();
    expectWhole();
  });

  it.each<[string, RegExp, HubScript]>([
    [
      'other bytes than announced',
      /other bytes than the hub announced/,
      ({ file }, response) => {
        if (file !== ONNX) return false;
        const content = Buffer.from(hub.contentOf(file));
        content[1_000] = (content[1_000] ?? 0) ^ 1;
        response.writeHead(200, { 'content-length': content.length }).end(content);
        return true;
      },
    ],
    [
      'a log-in page in place of a file',
      /tokenizer\.json came as something else than JSON/,
      ({ file }, response) => {
        if (file !== 'tokenizer.json') return false;
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to our network</html>');
        return true;
      },
    ],
    [
      'no such file',
      /HTTP 404, it has no such model.*Check HEADROOM_EMBEDDER_MODEL/,
      (_, response) => {
        response.writeHead(404).end('Entry not found');
        return true;
      },
    ],
  ])('leaves nothing behind after %s, and says what to do', async (_, message, script) => {
    hub.script = script;
    await expect(download()).rejects.toThrow(message);
    await expect(download()).rejects.toThrow(/could not be downloaded.*HEADROOM_MODEL_DOWNLOAD=off/s);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('says which hub cannot be reached', async () => {
    await hub.stop();
    await expect(download()).rejects.toThrow(
      new RegExp(`could not be downloaded from ${hubUrl}: ECONNREFUSED`),
    );
    await hub.start();
  });

  it('stops at once when it is ended, also between two attempts', async () => {
    hub.script = (_, response) => {
      response.writeHead(429, { 'retry-after': '50' }).end();
      return true;
    };
    const end = new AbortController();
    const ended = downloadModel({
      directory,
      model,
      hubUrl,
      signal: end.signal,
      onProgress: () => undefined,
    });
    setTimeout(() => {
      end.abort();
    }, 50);
    await expect(ended).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(directory)).toEqual([]);
  });

  describe('for the embedder', () => {
    const news: string[] = [];
    const open = (): LocalEmbedder => {
      news.length = 0;
      embedder = new LocalEmbedder({
        directory,
        model,
        hubUrl,
        retryMs: 20,
        tell: (level, text) => news.push(`${level}: ${text}`),
      });
      return embedder;
    };
    const becomesReady = (opened: LocalEmbedder): Promise<void> =>
      new Promise((resolve) => {
        opened.onReady(resolve);
        opened.prepare();
      });

    it('brings it up without a restart, and says how it goes', async () => {
      const opened = open();
      expect(opened.availability.status).toBe('unavailable');
      await expect(opened.embed(['x'])).rejects.toThrow(/is not there yet/);
      await becomesReady(opened);
      expect(opened.availability).toEqual({ status: 'ready' });
      expect(await opened.embed(['the cat'])).toHaveLength(1);
      expect(news[0]).toBe(`info: downloading the embedding model ${model} from ${hubUrl}`);
      const percent = /^info: downloading the embedding model: (\d+) %$/;
      const steps = news
        .flatMap((line) => percent.exec(line)?.[1] ?? [])
        .map((told) => Math.floor(Number(told) / 10));
      expect(steps.length).toBeGreaterThan(2);
      expect(steps).toEqual([...new Set(steps)]);
      expect(news.at(-1)).toBe(`info: the embedding model ${model} is ready`);
    });

    it('says once that the hub cannot be reached, and goes on when it can', async () => {
      const { port } = new URL(hubUrl);
      await hub.stop();
      const opened = open();
      const ready = becomesReady(opened);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(opened.availability).toMatchObject({
        detail: expect.stringContaining('ECONNREFUSED') as string,
      });
      expect(news.filter((line) => line.startsWith('warn'))).toHaveLength(1);
      await hub.start(Number(port));
      await ready;
      expect(await opened.embed(['the cat'])).toHaveLength(1);
    });

    it.each([
      [
        'cut short',
        () => {
          truncateSync(join(directory, model, ONNX), 1_000);
        },
        /has 1000 bytes instead of/,
      ],
      [
        'changed',
        () => {
          const content = Buffer.from(hub.contentOf('tokenizer.json'));
          content[10] = (content[10] ?? 0) ^ 1;
          writeFileSync(join(directory, model, 'tokenizer.json'), content);
        },
        /tokenizer\.json is not what was downloaded/,
      ],
    ])(
      'notices a file that was %s, names the remedy, and comes back when that was done',
      async (_, damage, why) => {
        await download();
        damage();
        const opened = open();
        await expect(opened.embed(['x'])).rejects.toThrow(why);
        expect(opened.availability).toMatchObject({
          status: 'unavailable',
          detail: expect.stringMatching(/Delete this folder/) as string,
        });
        const ready = new Promise<void>((resolve) => {
          opened.onReady(resolve);
        });
        rmSync(join(directory, model), { recursive: true });
        await ready;
        expect(await opened.embed(['the cat'])).toHaveLength(1);
        expect(existsSync(join(directory, model, 'checksums.json'))).toBe(true);
      },
    );
  });
});
