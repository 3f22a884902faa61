import { markerHashes, RETRIEVE_TOOL, RETRIEVE_TOOL_NAMES } from '#libs/ccr';
import type { Caller } from '#libs/kernel';
import type { CalledTool, ToolAnswer } from '../called-tool.js';
import { textsOf } from '../prepared-prompt.js';
import type { ShapedContext, TurnRequest, TurnRetrieval } from '../turn-contract.js';
import type { ToolDefinition } from './tool-definition.js';
import type { Toolset } from './toolset.js';

const OFFERS: readonly ToolDefinition[] = [RETRIEVE_TOOL];

/** Gives the model the originals behind markers; a name that old messages speak of is answered without an offer. */
export class RetrievalToolset implements Toolset {
  readonly step = 'retrieve';
  readonly names = RETRIEVE_TOOL_NAMES;
  readonly unavailable = JSON.stringify({
    error: 'The original cannot be read at the moment; go on without it.',
  });

  constructor(private readonly retrieval: TurnRetrieval) {}

  namesFor(): readonly string[] {
    return this.names;
  }

  /** Only a marker that the store can redeem is worth a tool. */
  async offersFor(
    caller: Caller,
    request: TurnRequest,
    shaped: ShapedContext,
  ): Promise<readonly ToolDefinition[]> {
    const stored = new Set(shaped.ccrHashes);
    const unknown = new Set<string>();
    for (const text of textsOf(shaped.messages)) {
      if (!mayHoldMarker(text)) continue;
      for (const hash of markerHashes(text)) {
        if (stored.has(hash)) return OFFERS;
        unknown.add(hash);
      }
    }
    for (const hash of unknown) {
      if (await this.retrieval.canRedeem(caller, hash, request.scope?.userId)) return OFFERS;
    }
    return [];
  }

  async answer(caller: Caller, request: TurnRequest, call: CalledTool): Promise<ToolAnswer> {
    return { content: await this.retrieval.answer(caller, call, request.scope?.userId) };
  }
}

/** Long texts are searched for the words that every marker has before a pattern is run over them. */
function mayHoldMarker(text: string): boolean {
  return text.includes('hash=') || text.includes("with reference '");
}
