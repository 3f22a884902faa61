/** Whose state it is. Reading at a scope sees that scope and everything above it: user ⊃ session ⊃ agent ⊃ turn. */
export interface Scope {
  readonly userId: string;
  readonly sessionId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly turnId?: string | undefined;
}

export const SCOPE_LEVELS = ['user', 'session', 'agent', 'turn'] as const;
export type ScopeLevel = (typeof SCOPE_LEVELS)[number];

/** The level of a scope is its narrowest id. */
export function scopeLevel(scope: Scope): ScopeLevel {
  if (scope.turnId !== undefined) return 'turn';
  if (scope.agentId !== undefined) return 'agent';
  if (scope.sessionId !== undefined) return 'session';
  return 'user';
}

/** A thing is visible when every id that its owner scope carries equals the reader's. */
export function isVisible(owner: Scope, reader: Scope): boolean {
  return (
    owner.userId === reader.userId &&
    (owner.sessionId === undefined || owner.sessionId === reader.sessionId) &&
    (owner.agentId === undefined || owner.agentId === reader.agentId) &&
    (owner.turnId === undefined || owner.turnId === reader.turnId)
  );
}

/** Two scopes carry exactly the same ids. */
export function isSameScope(a: Scope, b: Scope): boolean {
  return (
    a.userId === b.userId && a.sessionId === b.sessionId && a.agentId === b.agentId && a.turnId === b.turnId
  );
}

export const SCOPE_ID_MAX_CHARACTERS = 512;

/** A scope id is 1–512 characters of any Unicode but NUL and lone surrogates; it is matched exactly, never folded. */
export function isScopeId(value: string): boolean {
  return (
    value.length > 0 &&
    hasAtMost(SCOPE_ID_MAX_CHARACTERS, value) &&
    !value.includes('\u0000') &&
    value.isWellFormed()
  );
}

/** Characters are code points: an emoji counts once. */
function hasAtMost(limit: number, text: string): boolean {
  if (text.length <= limit) return true;
  return text.length <= 2 * limit && Array.from(text).length <= limit;
}
