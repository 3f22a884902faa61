import type { Caller } from '#libs/kernel';
import { type PatternDelta, PatternStore, type ToolPattern } from '#libs/learning';

export class InMemoryPatternStore extends PatternStore {
  readonly #patterns = new Map<string, Map<string, ToolPattern>>();

  override async add(caller: Caller, toolName: string, delta: PatternDelta): Promise<void> {
    await Promise.resolve();
    const patterns = this.#patterns.get(caller.tenantId) ?? new Map<string, ToolPattern>();
    this.#patterns.set(caller.tenantId, patterns);
    const known = patterns.get(toolName);
    const sum = (field: keyof PatternDelta) => (known?.[field] ?? 0) + (delta[field] ?? 0);
    patterns.set(toolName, {
      toolName,
      compressions: sum('compressions'),
      retrievals: sum('retrievals'),
      fullRetrievals: sum('fullRetrievals'),
      tokensBefore: sum('tokensBefore'),
      tokensAfter: sum('tokensAfter'),
    });
  }

  override async find(caller: Caller, toolName: string): Promise<ToolPattern | null> {
    await Promise.resolve();
    return this.#patterns.get(caller.tenantId)?.get(toolName) ?? null;
  }

  override async list(caller: Caller, limit: number): Promise<readonly ToolPattern[]> {
    await Promise.resolve();
    return [...(this.#patterns.get(caller.tenantId)?.values() ?? [])]
      .sort((a, b) => b.compressions - a.compressions || (a.toolName < b.toolName ? -1 : 1))
      .slice(0, Math.max(0, limit));
  }
}
