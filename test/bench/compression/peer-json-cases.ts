import type { PeerCase, PeerInput } from './peer-case.js';
import { type Words, wordsOf } from './peer-words.js';

/** JSON as servers send it: without spaces, with a space after each sign, or as Python prints it. */
function written(value: unknown, seed: number): string {
  if (seed % 3 !== 2) return JSON.stringify(value);
  return JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/([[{]) /g, '$1')
    .replace(/ ([\]}])/g, '$1');
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** One kind of row in several spellings: a seed takes one of them. */
type RowMaker = (words: Words, index: number) => Record<string, unknown>;

function rows(makers: readonly RowMaker[], count: number, query: string, key = 'results') {
  return (seed: number): PeerInput => {
    const words = wordsOf(seed);
    const make = makers[seed % makers.length];
    const items = times(count, (index) => make?.(words, index));
    const document = seed % 4 === 1 ? { total: count, page: 1, [key]: items } : items;
    return { text: written(document, seed), query, errors: [] };
  };
}

const SEARCH_RESULTS: readonly RowMaker[] = [
  ({ words, sentence, real, time, pick, int }, i) => ({
    id: `doc_${String(10_000 + i)}`,
    title: words(6),
    url: `https://example.com/${pick(['docs', 'blog', 'guide'])}/${words(3).replaceAll(' ', '-')}`,
    snippet: sentence(18),
    score: real(0.1, 0.99, 4),
    published_at: time(-i * 17),
    source: pick(['web', 'news', 'docs', 'forum']),
    views: int(10, 90_000),
  }),
  ({ words, sentence, normal, time, name, pick }, i) => ({
    rank: i + 1,
    document: { title: words(5), path: `/${pick(['kb', 'wiki'])}/${words(2).replaceAll(' ', '/')}.md` },
    highlight: sentence(20),
    relevance: normal(0.5, 0.1, 4),
    author: name(),
    updated: time(-i * 31),
    lang: 'en',
    type: pick(['page', 'page', 'page', 'attachment']),
  }),
  ({ words, sentence, uuid, real, pick }, i) => ({
    result_id: uuid(),
    name: words(4),
    summary: sentence(14),
    similarity: Number((1 - i / 1200 + real(-0.01, 0.01, 3)).toFixed(3)),
    tags: [pick(['howto', 'reference', 'faq']), pick(['public', 'internal'])],
    is_archived: false,
  }),
];

const API_RESPONSES: readonly RowMaker[] = [
  ({ uuid, name, pick, int, time, words, real }, i) => ({
    id: uuid(),
    type: pick(['order', 'invoice', 'refund']),
    attributes: { status: pick(['active', 'pending', 'closed']), amount: real(5, 900, 2), currency: 'USD' },
    customer: { id: int(1000, 9999), name: name(), tier: pick(['free', 'pro', 'team']) },
    created_at: time(i * 3),
    links: { self: `/api/v2/${words(1)}/${String(i)}` },
  }),
  ({ int, name, pick, words, time, chance }, i) => ({
    user_id: 100_000 + i,
    login: `${words(1)}${String(int(1, 999))}`,
    full_name: name(),
    email: `${words(2).replace(' ', '.')}@example.org`,
    address: {
      city: pick(['Oslo', 'Kyoto', 'Lima', 'Pune']),
      zip: String(int(10_000, 99_999)),
      street: words(2),
    },
    plan: pick(['basic', 'plus']),
    verified: chance(0.7),
    last_seen: time(-i * 11),
    followers: int(0, 4000),
    preferences: { theme: pick(['dark', 'light']), beta: false, locale: 'en-US' },
  }),
  ({ hex, int, pick, time, words, real }, i) => ({
    request: {
      id: hex(12),
      method: pick(['GET', 'POST', 'PUT']),
      path: `/v1/${words(1)}/${String(int(1, 900))}`,
    },
    response: { status: 200, bytes: int(200, 9000), took_ms: real(2, 80, 1) },
    region: pick(['us-east-1', 'eu-west-1']),
    cache: pick(['HIT', 'MISS']),
    at: time(i),
    trace: hex(16),
  }),
];

const DATABASE_ROWS: readonly RowMaker[] = [
  ({ name, words, int, pick, time, real }, i) => ({
    id: i + 1,
    name: name(),
    email: `${words(1)}${String(i)}@example.com`,
    age: int(18, 80),
    country: pick(['NO', 'JP', 'PE', 'IN', 'DE']),
    balance: real(0, 5000, 2),
    created_at: time(i * 7).slice(0, 10),
    active: true,
  }),
  ({ int, pick, normal, time, hex }, i) => ({
    metric_id: 5000 + i,
    host: `web-${String(int(1, 12)).padStart(2, '0')}`,
    metric: pick(['cpu', 'memory', 'disk']),
    value: normal(50, 9, 3),
    unit: '%',
    ts: time(i),
    batch: hex(8),
  }),
  ({ int, words, pick, real, time }, i) => ({
    order_no: `SO-${String(70_000 + i)}`,
    sku: `${words(1).toUpperCase()}-${String(int(100, 999))}`,
    qty: int(1, 9),
    unit_price: real(1, 99, 2),
    warehouse: pick(['A', 'B', 'C']),
    shipped_on: time(i * 60).slice(0, 16),
    note: null,
  }),
];

const HEALTHY = [
  'Request handled',
  'Connection accepted',
  'Cache refreshed',
  'Job finished',
  'Session renewed',
];
const BROKEN = [
  'Connection timed out',
  'Query failed',
  'Unhandled exception',
  'Payment rejected by upstream',
];

function logEntries(count: number, errorShare: number) {
  return (seed: number): PeerInput => {
    const words = wordsOf(seed);
    const { chance, pick, hex, uuid, int, time } = words;
    const errors: string[] = [];
    const entries = times(count, (i) => {
      const isError = chance(errorShare);
      const id = seed % 2 === 0 ? uuid() : `req-${hex(12)}`;
      if (isError) errors.push(id);
      const level = isError ? 'ERROR' : pick(['INFO', 'INFO', 'INFO', 'DEBUG']);
      const message = `${pick(isError ? BROKEN : HEALTHY)} for ${words.words(3)}`;
      const service = pick(['api', 'auth', 'billing', 'search']);
      return seed % 2 === 0
        ? {
            timestamp: time(i / 6),
            level,
            service,
            message,
            trace_id: id,
            duration_ms: int(1, 400),
            host: `ip-10-0-${String(int(0, 9))}-${String(int(1, 250))}`,
          }
        : {
            '@timestamp': time(i / 6),
            log: { level: level.toLowerCase(), logger: `com.example.${service}.Handler` },
            msg: message,
            request: { id, user: int(1000, 9999), status: isError ? pick([500, 502, 503]) : 200 },
            thread: `worker-${String(int(1, 16))}`,
            pid: 4127,
          };
    });
    return { text: written(entries, seed), query: 'What went wrong in the last hour?', errors };
  };
}

function fatalAt67(seed: number): PeerInput {
  const { words, pick, hex, int, time, uuid } = wordsOf(seed);
  const entries = times(100, (i) => ({
    timestamp: time(i / 4),
    level: i === 67 ? 'FATAL' : 'INFO',
    service: i === 67 ? 'payment-gateway' : pick(['inventory', 'auth', 'catalog']),
    message:
      i === 67
        ? 'Connection pool exhausted: could not acquire a connection within 30 s'
        : `${pick(HEALTHY)} for ${words(4)}`,
    request_id: i === 67 ? 'req-fatal-67' : `req-${hex(8)}`,
    trace: uuid(),
    duration_ms: i === 67 ? 30_000 : int(3, 90),
    ...(i === 67 && { error_code: 'PG-5523', resolution: 'Raise max_connections to 500', affected: 1847 }),
  }));
  const query = 'Find the error, its code, its resolution and how many were affected.';
  return {
    text: written(entries, seed),
    query,
    errors: ['req-fatal-67', 'PG-5523', 'max_connections to 500', '1847'],
  };
}

function strings(seed: number): PeerInput {
  const { words, pick, int, hex } = wordsOf(seed);
  const errors: string[] = [];
  const items = times(1000, (i) => {
    if (i === 371 || i === 802) {
      const text = `Error: worker ${String(i)} failed to start`;
      errors.push(text);
      return text;
    }
    if (seed % 3 === 0) return `${pick(HEALTHY)}: ${words(3)} #${String(int(1, 40))} ${hex(3)}`;
    return seed % 3 === 1 ? `/srv/app/${words(3).replaceAll(' ', '/')}/file_${String(i)}.ts` : words(9);
  });
  return { text: written(items, seed), query: '', errors };
}

function numbers(seed: number): PeerInput {
  const { real, normal } = wordsOf(seed);
  const items = times(1000, (i) => {
    if (i === 500) return 9999.5;
    if (seed % 3 === 0) return real(0, 100, 15);
    return seed % 3 === 1 ? normal(100, 5, 13) : 40 + Math.sin(i / 40) * 10 + real(-1, 1, 14);
  });
  return { text: written(items, seed), query: '', errors: ['9999.5'] };
}

function mixed(seed: number): PeerInput {
  const { words, int, real, chance } = wordsOf(seed);
  const errors: string[] = [];
  const items = times(250, (i): unknown => {
    if (i % 5 < 2) return { id: i, name: words(2), value: int(1, 100), ok: true };
    if (i % 5 === 2) return `${words(2)} ${String(i)}`;
    if (i % 5 === 3) return real(0, 500, 2);
    return seed % 3 === 0 ? [i, i + 1] : seed % 3 === 1 ? words(2) : chance(0.5) ? i : words(3);
  });
  items[120] = { id: 120, name: 'sync', value: 1, ok: true, error: 'quota used up 120' };
  errors.push('quota used up 120');
  return { text: written(items, seed), query: '', errors };
}

const FIND = 'Find the pages about how a replica of a shard takes over.';
const SHOW = 'Show me what the endpoint returned.';

export const jsonCases: readonly PeerCase[] = [
  {
    name: 'Search results, 100',
    tokensIn: 9_104,
    python: { tokens: 1_295, ms: 221 },
    rust: { tokens: 1_628, ms: 9.0 },
    make: rows(SEARCH_RESULTS, 100, FIND),
  },
  {
    name: 'Search results, 500',
    tokensIn: 45_181,
    python: { tokens: 1_280, ms: 1_631 },
    rust: { tokens: 1_187, ms: 58 },
    make: rows(SEARCH_RESULTS, 500, FIND),
  },
  {
    name: 'Search results, 1,000',
    tokensIn: 90_329,
    python: { tokens: 1_303, ms: 2_956 },
    rust: { tokens: 1_207, ms: 136 },
    make: rows(SEARCH_RESULTS, 1000, FIND),
  },
  {
    name: 'API responses, 500',
    tokensIn: 48_348,
    python: { tokens: 1_280, ms: 1_240 },
    rust: { tokens: 7_895, ms: 44 },
    make: rows(API_RESPONSES, 500, SHOW, 'data'),
  },
  {
    name: 'Database rows, 1,000',
    tokensIn: 57_277,
    python: { tokens: 818, ms: 1_104 },
    rust: { tokens: 725, ms: 32 },
    make: rows(DATABASE_ROWS, 1000, 'How many rows are there?', 'rows'),
  },
  {
    name: 'Strings, 1,000',
    tokensIn: 12_020,
    python: { tokens: 234, ms: 183 },
    rust: { tokens: 186, ms: 8.3 },
    make: strings,
  },
  {
    name: 'Numbers, 1,000',
    tokensIn: 8_987,
    python: { tokens: 309, ms: 335 },
    rust: { tokens: 201, ms: 7.4 },
    make: numbers,
  },
  {
    name: 'Mixed array, 250',
    tokensIn: 2_451,
    python: { tokens: 339, ms: 42 },
    rust: { tokens: 291, ms: 1.2 },
    make: mixed,
  },
  {
    name: 'JSON logs, 1,000',
    tokensIn: 78_129,
    python: { tokens: 5_198, ms: 1_498 },
    rust: { tokens: 13_211, ms: 125 },
    make: logEntries(1000, 0.05),
  },
  {
    name: '100 log entries, FATAL at 67',
    tokensIn: 8_277,
    python: { tokens: 1_020, ms: 125 },
    rust: { tokens: 1_187, ms: 7.8 },
    make: fatalAt67,
  },
];
