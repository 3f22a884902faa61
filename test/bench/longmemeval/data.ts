import { sharedLines } from '../../support/shared-data.js';
import type { Corpus, CorpusMemory, CorpusQuestion } from '../recall/corpus.js';

interface Session {
  readonly session: string;
  readonly date_time: string;
  readonly turns: readonly { readonly role: string; readonly content: string }[];
}

interface Question {
  readonly question_type: string;
  readonly question: string;
  readonly abstention: boolean;
  readonly evidence_sessions: readonly string[];
}

const USER = 'longmemeval';
const turnKey = (session: string, index: number): string => `${session}:${index}`;

/**
 * The answer-bearing turns of LongMemEval (Wu et al., ICLR 2025) as memories of one user: one memory per turn, and one
 * per session; undefined where the data set is missing. What has no evidence to be found is left out.
 */
export function longMemEvalCorpora(): readonly Corpus[] | undefined {
  const sessions = sharedLines('longmemeval-evidence/sessions.jsonl') as readonly Session[] | undefined;
  const asked = sharedLines('longmemeval-evidence/questions.jsonl') as readonly Question[] | undefined;
  if (sessions === undefined || asked === undefined) return undefined;
  const turnKeys = new Map(
    sessions.map(({ session, turns }) => [session, turns.map((_, i) => turnKey(session, i))]),
  );
  const questions = (keysOf: (session: string) => readonly string[]): CorpusQuestion[] =>
    asked
      .filter(({ abstention, evidence_sessions }) => !abstention && evidence_sessions.length > 0)
      .map(({ question, question_type, evidence_sessions }) => ({
        userId: USER,
        query: question,
        category: question_type,
        wanted: new Set(evidence_sessions.flatMap(keysOf)),
      }));
  return [
    {
      name: 'one memory per turn',
      memories: sessions.flatMap(turnsOf),
      questions: questions((session) => turnKeys.get(session) ?? []),
      sessionOf: (key) => key.split(':')[0] ?? key,
    },
    {
      name: 'one memory per session',
      memories: sessions.map(wholeSession),
      questions: questions((session) => [session]),
      sessionOf: (key) => key,
    },
  ];
}

function turnsOf({ session, date_time, turns }: Session): CorpusMemory[] {
  return turns.map(({ role, content }, index) => ({
    key: turnKey(session, index),
    body: {
      user_id: USER,
      session_id: session,
      content: `${role}: ${content}`,
      valid_from: parseDate(date_time),
      source: { conversation_id: session, message_index: index },
    },
  }));
}

function wholeSession({ session, date_time, turns }: Session): CorpusMemory {
  return {
    key: session,
    body: {
      user_id: USER,
      session_id: session,
      content: turns.map(({ role, content }) => `${role}: ${content}`).join('\n'),
      valid_from: parseDate(date_time),
      source: { conversation_id: session },
    },
  };
}

/** @param text such as `2023/04/10 (Mon) 17:50`, read as UTC. */
function parseDate(text: string): string {
  const [day = '', , time = ''] = text.split(' ');
  return new Date(`${day.replaceAll('/', '-')}T${time}:00Z`).toISOString();
}
