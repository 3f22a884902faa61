import type { EntitySchema } from 'typeorm';
import { entityOf } from './columns.js';
import type { EntityColumns } from './columns.js';

export interface ConversationRow {
  tenantId: string;
  id: string;
  userId: string;
  sessionId: string | null;
  agentId: string | null;
  turnId: string | null;
  model: string | null;
  metadata: string;
  messageCount: number;
  tokens: number;
  createdAt: number;
  updatedAt: number;
  forkedFromId: string | null;
  forkedFromIndex: number | null;
}

export function conversationEntity(types: EntityColumns): EntitySchema<ConversationRow> {
  return entityOf<ConversationRow>('conversations', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    id: { ...types.text, primary: true },
    userId: { ...types.text, name: 'user_id' },
    sessionId: { ...types.text, name: 'session_id', nullable: true },
    agentId: { ...types.text, name: 'agent_id', nullable: true },
    turnId: { ...types.text, name: 'turn_id', nullable: true },
    model: { ...types.text, nullable: true },
    metadata: types.text,
    messageCount: { ...types.integer, name: 'message_count' },
    tokens: types.big,
    createdAt: { ...types.big, name: 'created_at' },
    updatedAt: { ...types.big, name: 'updated_at' },
    forkedFromId: { ...types.text, name: 'forked_from_id', nullable: true },
    forkedFromIndex: { ...types.integer, name: 'forked_from_index', nullable: true },
  });
}

export interface MessageRow {
  tenantId: string;
  conversationId: string;
  position: number;
  userId: string;
  message: string;
  tokens: number;
  createdAt: number;
}

export function messageEntity(types: EntityColumns): EntitySchema<MessageRow> {
  return entityOf<MessageRow>('messages', {
    tenantId: { ...types.text, name: 'tenant_id', primary: true },
    conversationId: { ...types.text, name: 'conversation_id', primary: true },
    position: { ...types.integer, primary: true },
    userId: { ...types.text, name: 'user_id' },
    message: types.text,
    tokens: types.big,
    createdAt: { ...types.big, name: 'created_at' },
  });
}
