import type { MessageReport } from '#libs/compression';
import type { CompressedPrompt, PromptMode, PromptRequest, Simulation } from '#libs/conversation';
import { toCompressionConfig, toWindowSettings } from './compress-config.mapper.js';
import type { CompressBody, CompressConfig } from './compress.schema.js';
import { toWasteSignals } from './waste-signals.mapper.js';
import { exactJson, exactObject, type Answer, type ExactLists } from '../../http/answer.js';
import { messageTexts, type ExactBody } from '../../http/exact-body.js';
import type { Wire } from '../../http/wire.js';

/** What the request's headers and the server's configuration say. */
export interface CompressCircumstances {
  readonly userId?: string | undefined;
  readonly mode: PromptMode | 'passthrough';
  readonly bypass: boolean;
}

export function toPromptRequest(
  sent: ExactBody<CompressBody>,
  circumstances: CompressCircumstances,
  signal: AbortSignal,
): PromptRequest {
  const { value: body } = sent;
  const config = body.config ?? {};
  const mode = config.default_mode ?? circumstances.mode;
  return {
    ...toWindowSettings(config),
    messages: body.messages,
    sentTexts: messageTexts(sent),
    model: body.model ?? undefined,
    tokenBudget: body.token_budget ?? undefined,
    mode: mode === 'passthrough' ? 'optimize' : mode,
    bypass: circumstances.bypass || mode === 'passthrough',
    strict: config.strict ?? false,
    config: toCompressionConfig(config),
    userId: circumstances.userId,
    sessionId: sessionOf(config),
    signal,
  };
}

/** Clients may send anything there; only a name can name a session. */
function sessionOf(config: CompressConfig): string | undefined {
  const id = config['session_id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** As JSON text: each message goes in as its own text, so that what was left alone keeps its bytes. */
export function fromPrompt(prompt: CompressedPrompt): Answer<string> {
  return exactJson(listsOf(prompt), membersOf(prompt));
}

/** The same as an element of a batch. */
export function fromPromptAt(index: number, prompt: CompressedPrompt): string {
  const result = exactObject(listsOf(prompt), membersOf(prompt));
  return `{"index":${index},"status":"compressed","result":${result}}`;
}

function listsOf({ texts, simulation }: CompressedPrompt): ExactLists {
  return { messages: texts, ...(simulation !== undefined && { messages_optimized: texts }) };
}

function membersOf(prompt: CompressedPrompt): Wire {
  const { tokensBefore, tokensAfter } = prompt;
  return {
    tokens_before: tokensBefore,
    tokens_after: tokensAfter,
    // An aligned prompt can cost a few tokens more.
    tokens_saved: tokensBefore - tokensAfter,
    compression_ratio: tokensBefore === 0 ? 1 : tokensAfter / tokensBefore,
    transforms_applied: prompt.transforms,
    transforms_summary: prompt.transformsSummary,
    ccr_hashes: prompt.ccrHashes,
    message_reports: prompt.reports.map(fromReport),
    ...(prompt.learnedSnapshot !== undefined && { learned_snapshot: prompt.learnedSnapshot }),
    ...(prompt.simulation !== undefined && fromSimulation(prompt, prompt.simulation)),
  };
}

function fromReport(report: MessageReport): Wire {
  return {
    index: report.index,
    reason: report.reason,
    content_type: report.contentType ?? null,
    content_reason: report.contentReason ?? null,
    transforms: report.transforms,
    tokens_before: report.tokensBefore,
    tokens_after: report.tokensAfter,
  };
}

function fromSimulation(prompt: CompressedPrompt, simulation: Simulation): Wire {
  const { blockBreakdown, wasteSignals } = simulation;
  return {
    transforms: prompt.transforms,
    estimated_savings: simulation.estimatedSavings,
    block_breakdown: {
      system: blockBreakdown.system,
      user: blockBreakdown.user,
      assistant: blockBreakdown.assistant,
      tool_call: blockBreakdown.tool_call,
      tool_result: blockBreakdown.tool_result,
      rag: blockBreakdown.rag,
    },
    waste_signals: toWasteSignals(wasteSignals),
    stable_prefix_hash: simulation.stablePrefixHash,
    cache_alignment_score: simulation.cacheAlignmentScore,
  };
}
