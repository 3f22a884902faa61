import type { PeerInput } from './peer-case.js';
import { type Words, wordsOf } from './peer-words.js';
import { times, written } from './written-json.js';

/** One kind of row in several spellings: a seed takes one of them. */
type RowMaker = (words: Words, index: number) => Record<string, unknown>;

export function rows(makers: readonly RowMaker[], count: number, query: string, key = 'results') {
  return (seed: number): PeerInput => {
    const words = wordsOf(seed);
    const make = makers[seed % makers.length];
    const items = times(count, (index) => make?.(words, index));
    const document = seed % 4 === 1 ? { total: count, page: 1, [key]: items } : items;
    return { text: written(document, seed), query, errors: [] };
  };
}

export const SEARCH_RESULTS: readonly RowMaker[] = [
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

export const API_RESPONSES: readonly RowMaker[] = [
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

export const DATABASE_ROWS: readonly RowMaker[] = [
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
