import type { PeerInput } from './peer-case.js';
import { wordsOf } from './peer-words.js';
import { times, written } from './written-json.js';

export const HEALTHY = [
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

export function logEntries(count: number, errorShare: number) {
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

export function fatalAt67(seed: number): PeerInput {
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
