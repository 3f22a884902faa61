import { seededRandom } from '../samples.js';

const STATES = ['open', 'closed', 'merged', 'draft'];
const random = seededRandom(5);
let made = 0;

/** A tool's output of about that many characters, an array of records; no two are equal. */
export function toolOutput(characters: number): unknown {
  const run = ++made;
  const records: unknown[] = [];
  for (let length = 0; length < characters;) {
    const number = records.length;
    const record = {
      id: run * 100_000 + number,
      title: `Change ${number} of run ${run}`,
      state: STATES[Math.floor(random() * STATES.length)],
      author: `agent-${Math.floor(random() * 20)}`,
      updated_at: new Date(1_700_000_000_000 + Math.floor(random() * 1e10)).toISOString(),
      score: Math.round(random() * 1_000) / 1_000,
    };
    records.push(record);
    length += JSON.stringify(record).length + 1;
  }
  return records;
}
