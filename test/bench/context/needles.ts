import { needlesOf, wholeText, type Needle } from '../compression/needles.js';
import type { TokenCounter } from '#libs/tokens';
import { printTable } from '../table.js';
import { conversationsOf, roomOf, SETS, SHARES, type Counted } from './cases.js';
import { FITTERS, type Case, type Fitted, type Fitter } from './fitters.js';

/** Of a long conversation not every turn is replayed. */
const MOST_TURNS = 60;

/** A context to build, and the needles that somebody will look for in it. */
interface Search {
  readonly case: Case;
  readonly needles: readonly Needle[];
  readonly droppable: ReadonlySet<number>;
}

class Tally {
  needles = 0;
  kept = 0;
  /** Those whose message may be dropped. */
  atStake = 0;
  atStakeKept = 0;
  contexts = 0;
  refused = 0;
  overBudget = 0;
  dropped = 0;
  retrievable = 0;

  async add({ case: { budget }, needles, droppable }: Search, fitted: Fitted | undefined): Promise<void> {
    this.contexts += 1;
    if (fitted === undefined) this.refused += 1;
    else if (fitted.tokens > budget) this.overBudget += 1;
    const text = fitted?.messages.map(wholeText).join('\n') ?? '';
    for (const { value, source } of needles) {
      const isKept = text.includes(value) ? 1 : 0;
      this.needles += 1;
      this.kept += isKept;
      if (!droppable.has(source)) continue;
      this.atStake += 1;
      this.atStakeKept += isKept;
    }
    const { dropped, found } = (await fitted?.retrievable?.()) ?? { dropped: 0, found: 0 };
    this.dropped += dropped;
    this.retrievable += found;
  }
}

/**
 * Values of tool results that the assistant quotes later (needles): how many are still in the context, when the whole
 * conversation is made to fit, and turn by turn, when nothing is known of what comes later.
 */
export async function benchmarkNeedles(counter: TokenCounter): Promise<void> {
  for (const [set, keepLastTurns] of Object.entries(SETS)) {
    const conversations = conversationsOf(set, counter);
    if (conversations === undefined) return;
    const kinds = {
      whole: (share: number) => searches(conversations, keepLastTurns, share, counter),
      'turn by turn': (share: number) => onlineSearches(conversations, keepLastTurns, share, counter),
    };
    for (const [kind, searchesOf] of Object.entries(kinds)) {
      const rows: string[][] = [];
      for (const share of SHARES) {
        const all = await searchesOf(share);
        for (const [name, fitter] of Object.entries(FITTERS)) {
          rows.push(rowOf(name, share, await run(all, fitter, counter)));
        }
      }
      printTable(
        `Needles in fitted contexts: ${set}, ${kind}, last ${String(keepLastTurns)} turns protected`,
        [
          'way',
          'budget',
          'contexts',
          'refused',
          'over',
          'needles',
          'kept',
          'at stake',
          'kept',
          'retrievable',
        ],
        rows,
      );
    }
  }
}

async function run(all: readonly Search[], fitter: Fitter, counter: TokenCounter): Promise<Tally> {
  const tally = new Tally();
  for (const search of all) await tally.add(search, await fitter(search.case, counter));
  return tally;
}

async function searches(
  conversations: readonly Counted[],
  keepLastTurns: number,
  share: number,
  counter: TokenCounter,
): Promise<Search[]> {
  const found: Search[] = [];
  for (const conversation of conversations) {
    const room = await roomOf(conversation, keepLastTurns, counter);
    if (room === undefined) continue;
    found.push({ case: room.caseOf(share), needles: needlesOf(conversation.messages), ...room });
  }
  return found;
}

/** Before each message of the assistant that quotes a needle for the first time. */
async function onlineSearches(
  conversations: readonly Counted[],
  keepLastTurns: number,
  share: number,
  counter: TokenCounter,
): Promise<Search[]> {
  const found: Search[] = [];
  for (const { messages, costs } of conversations) {
    const needles = needlesOf(messages);
    const turns = [...new Set(needles.map(({ quotedBy }) => quotedBy))].sort((a, b) => a - b);
    const step = Math.ceil(turns.length / MOST_TURNS);
    for (const turn of turns.filter((_, i) => i % step === 0)) {
      const soFar = { messages: messages.slice(0, turn), costs: costs.slice(0, turn) };
      const room = await roomOf(soFar, keepLastTurns, counter);
      if (room === undefined) continue;
      found.push({
        case: room.caseOf(share),
        needles: needles.filter(({ quotedBy }) => quotedBy === turn),
        ...room,
      });
    }
  }
  return found;
}

function rowOf(name: string, share: number, tally: Tally): string[] {
  const percent = (part: number, whole: number): string =>
    whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
  return [
    name,
    `${String(share * 100)}%`,
    String(tally.contexts),
    String(tally.refused),
    String(tally.overBudget),
    String(tally.needles),
    percent(tally.kept, tally.needles),
    String(tally.atStake),
    percent(tally.atStakeKept, tally.atStake),
    percent(tally.retrievable, tally.dropped),
  ];
}
