import { seededRandom } from '../samples.js';

/** Makes up values; the same seed makes the same ones. */
export interface Words {
  /** An integer from `low` to `high`, both included. */
  readonly int: (low: number, high: number) => number;
  readonly real: (low: number, high: number, digits: number) => number;
  /** Normal deviates (Box and Muller 1958). */
  readonly normal: (mean: number, deviation: number, digits: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly hex: (length: number) => string;
  readonly uuid: () => string;
  readonly words: (count: number) => string;
  readonly sentence: (count: number) => string;
  readonly name: () => string;
  /** An ISO time `minutes` after the start of a fixed day. */
  readonly time: (minutes: number) => string;
}

const VOCABULARY =
  `time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power hour
game line end member law car city community name president team minute idea kid body information back parent face others
level office door health person art war history party result change morning reason research girl guy moment air teacher
force education query index cache token stream buffer packet cluster node shard replica schema table column row key value
request response client server proxy gateway router balancer scheduler worker queue topic partition offset consumer`.split(
    /\s+/,
  );
const FIRST_NAMES = [
  'Ada',
  'Grace',
  'Alan',
  'Edsger',
  'Barbara',
  'Donald',
  'Leslie',
  'Tony',
  'Frances',
  'John',
  'Radia',
  'Ken',
];
const LAST_NAMES = [
  'Lovelace',
  'Hopper',
  'Turing',
  'Dijkstra',
  'Liskov',
  'Knuth',
  'Lamport',
  'Hoare',
  'Allen',
  'Backus',
  'Perlman',
];
const FIRST_DAY = Date.UTC(2026, 0, 12, 6, 0, 0);

export function wordsOf(seed: number): Words {
  const random = seededRandom(seed * 7919 + 17);
  for (let i = 0; i < 8; i++) random();
  const int = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(choices: readonly T[]): T => {
    const chosen = choices[Math.floor(random() * choices.length)];
    if (chosen === undefined) throw new Error('Nothing to choose from.');
    return chosen;
  };
  const hex = (length: number): string => Array.from({ length }, () => int(0, 15).toString(16)).join('');
  const words = (count: number): string => Array.from({ length: count }, () => pick(VOCABULARY)).join(' ');
  const sentence = (count: number): string => {
    const text = words(count);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  return {
    int,
    pick,
    hex,
    words,
    sentence,
    real: (low, high, digits) => Number((low + random() * (high - low)).toFixed(digits)),
    normal: (mean, deviation, digits) => {
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      return Number((mean + deviation * radius * Math.cos(2 * Math.PI * random())).toFixed(digits));
    },
    chance: (probability) => random() < probability,
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
    name: () => `${pick(FIRST_NAMES)} ${pick(LAST_NAMES)}`,
    time: (minutes) => new Date(FIRST_DAY + Math.round(minutes * 60_000)).toISOString(),
  };
}
