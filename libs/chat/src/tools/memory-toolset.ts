import type { Caller } from '#libs/kernel';
import { keptOf } from '#libs/memory';
import type { CalledTool, ToolAnswer } from '../called-tool.js';
import type { TurnMemoryTools, TurnRequest } from '../turn-contract.js';
import type { ToolDefinition } from './tool-definition.js';
import type { Toolset } from './toolset.js';

/** Lets the model keep, find and mend memories of the request's scope: where asked for, and only for a named user. */
export class MemoryToolset implements Toolset {
  readonly step = 'memory_tool';
  readonly unavailable = JSON.stringify({
    status: 'error',
    error: 'unavailable',
    message: 'Memory cannot be reached at the moment; go on without it.',
  });

  readonly names: readonly string[];

  constructor(private readonly tools: TurnMemoryTools) {
    this.names = tools.definitions.map(({ name }) => name);
  }

  namesFor(request: TurnRequest): readonly string[] {
    return this.definitionsFor(request).map(({ name }) => name);
  }

  offersFor(_caller: Caller, request: TurnRequest): readonly ToolDefinition[] {
    return this.definitionsFor(request);
  }

  async answer(caller: Caller, { scope }: TurnRequest, call: CalledTool): Promise<ToolAnswer> {
    if (scope === undefined) throw new RangeError('Memory tools act for a named user alone.');
    const result = await this.tools.answer(caller, {
      name: call.name,
      arguments: call.arguments,
      scope,
    });
    const kept = keptOf(call, result);
    return { content: JSON.stringify(result), keptArguments: kept.arguments, erased: kept.erased };
  }

  private definitionsFor({ scope, memoryTools }: TurnRequest): readonly ToolDefinition[] {
    return scope !== undefined && memoryTools === true ? this.tools.definitions : [];
  }
}
