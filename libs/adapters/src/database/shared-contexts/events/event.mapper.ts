import { CONTEXT_EVENT_TYPES, type ContextChange, type ContextEvent } from '#libs/shared-context';
import { decodeText, encodeText } from '../../exact-text.js';
import { bytes, instant, isNull, numeric, optionalText, type Row, text } from '../../row.js';
import type { SqlValue } from '../../sql.js';
import type { Tenancy } from '../../unit-of-work.js';

export const EVENT_COLUMNS =
  'tenant_id, context_address, position, type, entry_key, version, handoff_id, agent, user_id, at';

export interface EventPlace {
  readonly unit: Tenancy;
  readonly contextAddress: string;
  readonly position: number;
}

/** In the order of {@link EVENT_COLUMNS}. */
export function eventValues(
  { unit, contextAddress, position }: EventPlace,
  change: ContextChange,
): SqlValue[] {
  return [
    unit.tenantId,
    contextAddress,
    position,
    change.type,
    change.key === undefined ? null : encodeText(change.key),
    change.version ?? null,
    change.handoffId ?? null,
    change.agent === undefined ? null : encodeText(change.agent),
    change.userId ?? null,
    change.at.getTime(),
  ];
}

export function toEvent(row: Row): ContextEvent {
  const type = CONTEXT_EVENT_TYPES.find((known) => known === row['type']);
  if (type === undefined) throw new TypeError(`${text(row, 'type')} is no type of an event.`);
  return {
    position: numeric(row, 'position'),
    type,
    key: isNull(row, 'entry_key') ? undefined : decodeText(bytes(row, 'entry_key')),
    version: isNull(row, 'version') ? undefined : numeric(row, 'version'),
    handoffId: optionalText(row, 'handoff_id'),
    agent: isNull(row, 'agent') ? undefined : decodeText(bytes(row, 'agent')),
    userId: optionalText(row, 'user_id'),
    at: instant(row, 'at'),
  };
}
