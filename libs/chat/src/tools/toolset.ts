import type { Caller } from '#libs/kernel';
import type { CalledTool, ToolAnswer } from '../called-tool.js';
import type { ShapedContext, TurnRequest, TurnStep } from '../turn-contract.js';
import type { ToolDefinition } from './tool-definition.js';

/** Tools that this service offers to models and answers itself, inside the turn. */
export interface Toolset {
  /** Under which the observer learns that an answer failed. */
  readonly step: TurnStep;
  /** What the model is told then. */
  readonly unavailable: string;
  /** All its names, whatever the turn. */
  readonly names: readonly string[];
  /** Names whose calls are answered in this turn, whether or not they are offered in it. */
  namesFor(request: TurnRequest): readonly string[];
  /** What is worth offering with this prompt; the same tools always have the same bytes and order. */
  offersFor(
    caller: Caller,
    request: TurnRequest,
    shaped: ShapedContext,
  ): Promise<readonly ToolDefinition[]> | readonly ToolDefinition[];
  /** Also when the call was wrong. @throws when it cannot be answered at all. */
  answer(caller: Caller, request: TurnRequest, call: CalledTool): Promise<ToolAnswer>;
}
