import { sharedLines } from '../../support/shared-data.js';
import type { Corpus, CorpusMemory, CorpusQuestion } from '../recall/corpus.js';

interface Turn {
  readonly conversation: string;
  readonly session: number;
  readonly date_time: string;
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
}

interface Question {
  readonly conversation: string;
  readonly question: string;
  readonly category_name: string;
  readonly evidence: readonly string[];
}

/** What a client tells about a turn beside its text and the time of it. */
type Attributes = (turn: Turn, index: number) => Readonly<Record<string, unknown>>;

const ARRANGEMENTS: Readonly<Record<string, Attributes>> = {
  'session_id and source': (turn, index) => ({
    session_id: sessionId(turn),
    source: { conversation_id: turn.conversation, message_index: index },
  }),
  'session_id without source': (turn) => ({ session_id: sessionId(turn) }),
  'flat, date in metadata': (turn) => ({ metadata: { date: turn.date_time } }),
};

/**
 * LoCoMo (Maharana et al., ACL 2024), each turn one memory of its conversation's user, in every arrangement; undefined
 * where the data set is missing. Questions without usable evidence are left out.
 */
export function locomoCorpora(): readonly Corpus[] | undefined {
  const turns = sharedLines('locomo/turns.jsonl') as readonly Turn[] | undefined;
  const asked = sharedLines('locomo/questions.jsonl') as readonly Question[] | undefined;
  if (turns === undefined || asked === undefined) return undefined;
  const sessions = new Map(turns.map((turn) => [keyOf(turn.conversation, turn.dia_id), sessionId(turn)]));
  const questions = asked
    .map(({ conversation, question, category_name, evidence }): CorpusQuestion => ({
      userId: conversation,
      query: question,
      category: category_name,
      wanted: new Set(evidence.map((id) => keyOf(conversation, id)).filter((key) => sessions.has(key))),
    }))
    .filter(({ wanted }) => wanted.size > 0);
  return Object.entries(ARRANGEMENTS).map(([name, attributes]) => ({
    name,
    memories: memoriesOf(turns, attributes),
    questions,
    sessionOf: (key) => sessions.get(key) ?? key,
  }));
}

function memoriesOf(turns: readonly Turn[], attributes: Attributes): CorpusMemory[] {
  const counts = new Map<string, number>();
  return turns.map((turn) => {
    const index = counts.get(turn.conversation) ?? 0;
    counts.set(turn.conversation, index + 1);
    return {
      key: keyOf(turn.conversation, turn.dia_id),
      body: {
        user_id: turn.conversation,
        content: `${turn.speaker}: ${turn.text}`,
        valid_from: parseDate(turn.date_time),
        ...attributes(turn, index),
      },
    };
  });
}

function keyOf(conversation: string, diaId: string): string {
  return `${conversation}/${diaId}`;
}

function sessionId({ conversation, session }: Turn): string {
  return `${conversation}/session-${session}`;
}

/** @param text such as `1:56 pm on 8 May, 2023`, read as UTC. */
function parseDate(text: string): string {
  const [, hour, minute, half, day, month, year] =
    /^(\d{1,2}):(\d{2}) ([ap]m) on (\d{1,2}) (\w+), (\d{4})$/.exec(text) ?? [];
  const hours = (Number(hour) % 12) + (half === 'pm' ? 12 : 0);
  return new Date(`${day} ${month} ${year} ${hours}:${minute} UTC`).toISOString();
}
