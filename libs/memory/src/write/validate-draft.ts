import {
  invalid,
  isScopeId,
  SCOPE_ID_MAX_CHARACTERS,
  type Fault,
  type JsonValue,
  type Scope,
} from '#libs/kernel';
import { MEMORY_CATEGORIES, type MemoryPatch, type MemorySource } from '../model/memory.js';
import type { MemoryDraft, SupersedeDraft } from '../contract.js';

/** Longer texts are documents, not memories: they belong into shared context. */
export const CONTENT_MAX_CHARACTERS = 32_768;
export const SUBJECT_MAX_CHARACTERS = 256;
export const ENTITIES_MAX = 100;
export const ENTITY_MAX_CHARACTERS = 512;
export const METADATA_MAX_CHARACTERS = 65_536;
const METADATA_MAX_DEPTH = 32;
export const REASON_MAX_CHARACTERS = 2_048;
const UNSTORABLE = 'must not hold NUL or lone surrogates';

/** Reports every fault of a memory to be stored at once, each under its name on the wire. */
export function validateDraft(draft: MemoryDraft): void {
  const faults = [
    ...scopeFaults(draft.scope),
    ...textFaults('content', draft.content, CONTENT_MAX_CHARACTERS),
    ...attributeFaults(draft),
    ...(draft.subject === undefined ? [] : textFaults('subject', draft.subject, SUBJECT_MAX_CHARACTERS)),
    ...timeFaults('valid_from', draft.validFrom),
    ...timeFaults('expires_at', draft.expiresAt),
    ...sourceFaults(draft.source),
  ];
  if (faults.length > 0) throw invalid(faults);
}

export function validateSupersede(draft: SupersedeDraft): void {
  const faults = [
    ...textFaults('content', draft.content, CONTENT_MAX_CHARACTERS),
    ...attributeFaults(draft),
    ...timeFaults('valid_from', draft.validFrom),
    ...(draft.reason === undefined ? [] : textFaults('reason', draft.reason, REASON_MAX_CHARACTERS)),
  ];
  if (faults.length > 0) throw invalid(faults);
}

export function validatePatch(patch: MemoryPatch): void {
  const faults = [...attributeFaults(patch), ...timeFaults('expires_at', patch.expiresAt ?? undefined)];
  if (faults.length > 0) throw invalid(faults);
}

export function validateScope(scope: Scope): void {
  const faults = scopeFaults(scope);
  if (faults.length > 0) throw invalid(faults);
}

/** Why a memory superseded its predecessor. */
export function validateReason(reason: string | undefined): void {
  const faults = reason === undefined ? [] : textFaults('reason', reason, REASON_MAX_CHARACTERS);
  if (faults.length > 0) throw invalid(faults);
}

export function validateSource(source: MemorySource | undefined): void {
  const faults = sourceFaults(source);
  if (faults.length > 0) throw invalid(faults);
}

function scopeFaults(scope: Scope): Fault[] {
  const ids = {
    user_id: scope.userId,
    session_id: scope.sessionId,
    agent_id: scope.agentId,
    turn_id: scope.turnId,
  };
  return Object.entries(ids)
    .filter(([, id]) => id !== undefined && !isScopeId(id))
    .map(([path]) => ({
      path,
      message: `must be 1–${SCOPE_ID_MAX_CHARACTERS} characters without NUL and without lone surrogates`,
    }));
}

function attributeFaults(draft: MemoryPatch): Fault[] {
  const faults: Fault[] = [];
  const { importance, category, entities, metadata } = draft;
  if (importance !== undefined && !(importance >= 0 && importance <= 1)) {
    faults.push({ path: 'importance', message: 'must be a number from 0 to 1' });
  }
  if (category !== undefined && !MEMORY_CATEGORIES.includes(category)) {
    faults.push({ path: 'category', message: `must be one of ${MEMORY_CATEGORIES.join(', ')}` });
  }
  if (entities !== undefined) {
    if (entities.length > ENTITIES_MAX) {
      faults.push({ path: 'entities', message: `must be at most ${ENTITIES_MAX}` });
    }
    entities.forEach((entity, i) =>
      faults.push(...textFaults(`entities[${i}]`, entity, ENTITY_MAX_CHARACTERS)),
    );
  }
  if (metadata !== undefined) faults.push(...metadataFaults(metadata));
  return faults;
}

function metadataFaults(metadata: JsonValue): Fault[] {
  const faults = jsonFaults('metadata', metadata, 0);
  if (faults.length === 0 && JSON.stringify(metadata).length > METADATA_MAX_CHARACTERS) {
    faults.push({
      path: 'metadata',
      message: `must be at most ${METADATA_MAX_CHARACTERS} characters of JSON`,
    });
  }
  return faults;
}

function jsonFaults(path: string, value: JsonValue, depth: number): Fault[] {
  if (depth > METADATA_MAX_DEPTH)
    return [{ path, message: `must not be nested deeper than ${METADATA_MAX_DEPTH}` }];
  if (typeof value === 'string') return unstorable(value) ? [unstorableAt(path)] : [];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => jsonFaults(`${path}[${i}]`, item, depth + 1));
  return Object.entries(value).flatMap(([key, item]) =>
    unstorable(key) ? [unstorableAt(path)] : jsonFaults(`${path}.${key}`, item, depth + 1),
  );
}

function sourceFaults(source: MemorySource | undefined): Fault[] {
  if (source === undefined) return [];
  const faults: Fault[] = [];
  const { conversationId, messageIndex, agent } = source;
  if (conversationId !== undefined) {
    faults.push(...textFaults('source.conversation_id', conversationId, SCOPE_ID_MAX_CHARACTERS));
  }
  if (agent !== undefined) faults.push(...textFaults('source.agent', agent, SCOPE_ID_MAX_CHARACTERS));
  if (messageIndex !== undefined && !(Number.isSafeInteger(messageIndex) && messageIndex >= 0)) {
    faults.push({ path: 'source.message_index', message: 'must be a whole number from 0' });
  }
  return faults;
}

function textFaults(path: string, text: string, maxCharacters: number): Fault[] {
  const message = textFault(text, maxCharacters);
  return message === undefined ? [] : [{ path, message }];
}

/** What keeps a text from being stored. */
export function textFault(text: string, maxCharacters: number): string | undefined {
  if (text.trim() === '') return 'must not be empty';
  if (text.length > maxCharacters) return `must be at most ${maxCharacters} characters`;
  return unstorable(text) ? UNSTORABLE : undefined;
}

function timeFaults(path: string, time: Date | undefined): Fault[] {
  return time !== undefined && Number.isNaN(time.getTime()) ? [{ path, message: 'must be a time' }] : [];
}

/** PostgreSQL keeps neither NUL nor lone surrogates; one rule for every store. */
function unstorable(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed();
}

function unstorableAt(path: string): Fault {
  return { path, message: UNSTORABLE };
}
