import type { PeerInput } from './peer-case.js';
import { HEALTHY } from './peer-json-logs.js';
import { wordsOf } from './peer-words.js';
import { times, written } from './written-json.js';

export function strings(seed: number): PeerInput {
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

export function numbers(seed: number): PeerInput {
  const { real, normal } = wordsOf(seed);
  const items = times(1000, (i) => {
    if (i === 500) return 9999.5;
    if (seed % 3 === 0) return real(0, 100, 15);
    return seed % 3 === 1 ? normal(100, 5, 13) : 40 + Math.sin(i / 40) * 10 + real(-1, 1, 14);
  });
  return { text: written(items, seed), query: '', errors: ['9999.5'] };
}

export function mixed(seed: number): PeerInput {
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
