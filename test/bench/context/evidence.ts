import type { Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { sharedLines } from '../../support/shared-data.js';
import { printTable } from '../table.js';
import { counted, roomOf, SHARES } from './cases.js';
import { FITTERS } from './fitters.js';

const KEEP_LAST_TURNS = 2;
/** Every third question is asked. */
const QUESTION_STEP = 3;

interface Turn {
  readonly conversation: string;
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
}

interface Question {
  readonly conversation: string;
  readonly question: string;
  readonly evidence: readonly string[];
}

/** A long talk, and a question about it as its last message. */
interface Asked {
  readonly messages: readonly Message[];
  readonly evidence: readonly number[];
}

/** LoCoMo: is what answers a question about a long talk still in the context in which it is asked? */
export async function benchmarkEvidence(counter: TokenCounter): Promise<void> {
  const asked = allAsked();
  if (asked === undefined) return;
  const rows: string[][] = [];
  for (const share of SHARES) {
    for (const [name, fitter] of Object.entries(FITTERS)) {
      let [contexts, turns, kept, whole, over] = [0, 0, 0, 0, 0];
      for (const { messages, evidence } of asked) {
        const room = await roomOf(counted(messages, counter), KEEP_LAST_TURNS, counter);
        if (room === undefined) continue;
        const given = room.caseOf(share);
        const fitted = await fitter(given, counter);
        if (fitted === undefined) continue;
        const found = evidence.filter((index) => fitted.kept.has(index)).length;
        contexts += 1;
        turns += evidence.length;
        kept += found;
        if (found === evidence.length) whole += 1;
        if (fitted.tokens > given.budget) over += 1;
      }
      rows.push([
        name,
        `${String(share * 100)}%`,
        String(contexts),
        String(over),
        percent(kept, turns),
        percent(whole, contexts),
      ]);
    }
  }
  printTable(
    'LoCoMo: evidence of a question that is asked as the next message',
    ['way', 'budget', 'contexts', 'over', 'turns kept', 'questions with all of it'],
    rows,
  );
}

function allAsked(): Asked[] | undefined {
  const turns = sharedLines('locomo/turns.jsonl') as readonly Turn[] | undefined;
  const questions = sharedLines('locomo/questions.jsonl') as readonly Question[] | undefined;
  if (turns === undefined || questions === undefined) return undefined;
  return questions
    .filter((_, index) => index % QUESTION_STEP === 0)
    .map(({ conversation, question, evidence }): Asked => {
      const own = turns.filter((turn) => turn.conversation === conversation);
      const talk = own.map(({ speaker, text }) => ({
        role: speaker === own[0]?.speaker ? 'user' : 'assistant',
        content: `${speaker}: ${text}`,
      }));
      return {
        messages: [...talk, { role: 'user', content: question }],
        evidence: evidence
          .map((id) => own.findIndex((turn) => turn.dia_id === id))
          .filter((index) => index >= 0),
      };
    })
    .filter(({ evidence }) => evidence.length > 0);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
}
