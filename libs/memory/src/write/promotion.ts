import { invalid, SCOPE_LEVELS, scopeLevel, type Scope, type ScopeLevel } from '#libs/kernel';

/** Levels that a memory can be promoted to. */
export type PromotionLevel = Exclude<ScopeLevel, 'turn'>;

/**
 * The scope at a broader level in which a memory's own scope lies.
 * @throws HeadroomError `validation_error` when the level is not broader or the scope lacks that level's id.
 */
export function broaderScope(own: Scope, to: PromotionLevel): Scope {
  const { userId, sessionId, agentId } = own;
  const scopes: Record<PromotionLevel, Scope> = {
    user: { userId },
    session: { userId, sessionId },
    agent: { userId, sessionId, agentId },
  };
  const scope = scopes[to];
  const from = scopeLevel(own);
  if (SCOPE_LEVELS.indexOf(to) < SCOPE_LEVELS.indexOf(from) && scopeLevel(scope) === to) return scope;
  throw invalid([
    { path: 'to', message: `must be a broader level that this memory's ${from} scope lies in` },
  ]);
}
