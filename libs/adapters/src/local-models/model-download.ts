import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HeadroomError } from '#libs/kernel';
import { Agent, errors, RetryAgent } from 'undici';
import { type HubFile, HubRefusal, openHubFile, retryAfterMs, saveHubFile } from './hub-file.js';
import type { LocalModel } from './local-model.js';
import { type FileSum, writeChecksums } from './model-checksums.js';

export interface DownloadOptions extends LocalModel {
  /** The origin of a model hub that serves `/<owner>/<model>/resolve/main/<file>`. */
  readonly hubUrl: string;
  readonly signal: AbortSignal;
  /** Told with the first bytes and then whenever the whole percentage has grown. */
  readonly onProgress: (percent: number) => void;
}

/** What `@huggingface/transformers` loads for `dtype: 'q8'`. */
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'];
/** Whoever names a model without its owner means the collection that was converted for this library. */
const DEFAULT_OWNER = 'Xenova';
const PART_PREFIX = '.download-';
/** A download that is older belongs to a process that died. */
const PART_LIFE_MS = 24 * 60 * 60 * 1000;

const TIMEOUTS = { connect: { timeout: 10_000 }, headersTimeout: 30_000, bodyTimeout: 60_000 };
/** What breaks in the middle is taken up where it broke; a hub that cannot be reached at all is not asked again at once. */
const RETRIES = {
  maxRetries: 4,
  minTimeout: 500,
  maxTimeout: 60_000,
  statusCodes: [408, 429, 500, 502, 503, 504],
  errorCodes: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
};

/**
 * Fetches a model into its folder, all or nothing: the files are written beside it, checked, recorded in
 * `checksums.json` and moved into place together.
 * @throws HeadroomError `unavailable` that says why and what to do; `retry_after_ms` where the hub asked for a pause.
 */
export async function downloadModel(options: DownloadOptions): Promise<void> {
  const { directory, model, hubUrl, signal } = options;
  const agent = new RetryAgent(new Agent(TIMEOUTS), RETRIES);
  let part: string | undefined;
  try {
    await mkdir(directory, { recursive: true });
    await removeAbandoned(directory);
    const source = `${hubUrl}/${model.includes('/') ? model : `${DEFAULT_OWNER}/${model}`}`;
    // A pause between two attempts does not hear the signal.
    const files = await Promise.race([openAll(agent, `${source}/resolve/main`, signal), endOf(signal)]);
    part = await mkdtemp(join(directory, PART_PREFIX));
    const sums = await saveAll(files, part, options);
    await requireJson(part);
    await writeChecksums(part, { source, revision: files[0]?.revision, files: sums });
    await moveIntoPlace(part, join(directory, model));
  } catch (error) {
    throw failed(error, model, hubUrl);
  } finally {
    if (part !== undefined) await rm(part, { recursive: true, force: true });
    await agent.destroy();
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('it was ended'));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}

/** All at once, so that the whole size is known from the start. */
async function openAll(agent: RetryAgent, base: string, signal: AbortSignal): Promise<readonly HubFile[]> {
  const files = await Promise.all(FILES.map((name) => openHubFile(agent, `${base}/${name}`, name, signal)));
  const revisions = new Set(
    files.map(({ revision }) => revision).filter((revision) => revision !== undefined),
  );
  if (revisions.size > 1) throw new Error('the model changed on the hub just now');
  return files;
}

async function saveAll(
  files: readonly HubFile[],
  folder: string,
  { signal, onProgress }: DownloadOptions,
): Promise<Record<string, FileSum>> {
  const count = progress(files, onProgress);
  const failed = new AbortController();
  const saving = files.map(async (file) => {
    const path = join(folder, file.name);
    await mkdir(dirname(path), { recursive: true });
    return [
      file.name,
      await saveHubFile(file, path, AbortSignal.any([signal, failed.signal]), count),
    ] as const;
  });
  try {
    return Object.fromEntries(await Promise.all(saving));
  } catch (error) {
    // Nothing may be written any more when the folder goes.
    failed.abort();
    await Promise.allSettled(saving);
    throw error;
  }
}

/** @returns what counts the bytes as they come. */
function progress(files: readonly HubFile[], onProgress: (percent: number) => void): (bytes: number) => void {
  const whole = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  let received = 0;
  let told = 0;
  onProgress(0);
  return (bytes) => {
    received += bytes;
    const percent = whole === 0 ? 0 : Math.min(99, Math.floor((received / whole) * 100));
    if (percent <= told) return;
    told = percent;
    onProgress(percent);
  };
}

/** The hub names no checksum of small files; a log-in page of the network instead of them is noticed here. */
async function requireJson(folder: string): Promise<void> {
  for (const name of FILES.filter((file) => file.endsWith('.json'))) {
    try {
      JSON.parse(await readFile(join(folder, name), 'utf8'));
    } catch (error) {
      throw new Error(`${name} came as something else than JSON`, { cause: error });
    }
  }
}

/** Another process may have been faster; its copy is as good. */
async function moveIntoPlace(part: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  try {
    await rename(part, folder);
  } catch (error) {
    if (existsSync(join(folder, 'config.json'))) return;
    throw new Error('the model’s folder is there and incomplete; delete it', { cause: error });
  }
}

async function removeAbandoned(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(PART_PREFIX));
  for (const name of names) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > PART_LIFE_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function failed(error: unknown, model: string, hubUrl: string): HeadroomError {
  const { why, remedy, pause } = explain(error);
  return new HeadroomError(
    'unavailable',
    `The model ${model} could not be downloaded from ${hubUrl}: ${why}. ${remedy}`,
    pause === undefined ? {} : { retry_after_ms: pause },
    { cause: error },
  );
}

const BY_HAND =
  'It is tried again later; its folder can also be put below HEADROOM_MODEL_DIR by hand, and ' +
  'HEADROOM_MODEL_DOWNLOAD=off ends the attempts.';

function explain(error: unknown): { why: string; remedy: string; pause?: number | undefined } {
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    const { status, retryAfterMs: pause } = refusal;
    if (status === 404 || status === 401 || status === 403) {
      return {
        why: `HTTP ${status}, it has no such model for everybody`,
        remedy: `Check HEADROOM_EMBEDDER_MODEL. ${BY_HAND}`,
      };
    }
    return { why: `HTTP ${status}`, remedy: BY_HAND, pause };
  }
  if (!(error instanceof Error)) return { why: String(error), remedy: BY_HAND };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const isNetwork = code !== undefined && code !== 'UND_ERR_REQ_RETRY';
  return { why: isNetwork ? code : error.message, remedy: BY_HAND };
}

/** A refusal that was repeated until the attempts were used up says the same. */
function refusalOf(error: unknown): HubRefusal | undefined {
  if (error instanceof HubRefusal) return error;
  if (!(error instanceof errors.RequestRetryError) || error.statusCode < 400) return undefined;
  const headers = 'headers' in error ? (error.headers as Record<string, string | undefined> | null) : null;
  return new HubRefusal(error.statusCode, retryAfterMs(headers?.['retry-after']));
}
