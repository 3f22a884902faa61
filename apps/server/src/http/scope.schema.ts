import { z } from 'zod';
import { SCOPE_ID_MAX_CHARACTERS, isScopeId, type Scope } from '#libs/kernel';

/** An id that a client made up: opaque, matched exactly. */
export const scopeId = z
  .string()
  .refine(isScopeId, `must be 1 to ${SCOPE_ID_MAX_CHARACTERS} well-formed characters without NUL`);

/** The scope fields of a body: spread into a resource's own strict object. */
export const scopeFields = {
  user_id: scopeId,
  session_id: scopeId.optional(),
  agent_id: scopeId.optional(),
  turn_id: scopeId.optional(),
};

interface ScopeOnTheWire {
  readonly user_id: string;
  readonly session_id?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly turn_id?: string | undefined;
}

export function toScope(wire: ScopeOnTheWire): Scope {
  return { userId: wire.user_id, sessionId: wire.session_id, agentId: wire.agent_id, turnId: wire.turn_id };
}
