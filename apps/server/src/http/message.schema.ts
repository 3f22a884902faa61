import { z } from 'zod';
import type { Message } from '#libs/kernel';
import { isObject } from './wire-value.schema.js';

interface ShapeFault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** A chat message in OpenAI's or Anthropic's shape: checked for its shape alone and taken exactly as it was sent. */
export const message = z
  .unknown()
  .superRefine((value, context) => {
    for (const fault of messageFaults(value)) context.addIssue({ code: 'custom', ...fault });
  })
  .meta({
    type: 'object',
    description: "A chat message in OpenAI's or Anthropic's shape; unknown fields are kept.",
    properties: { role: { type: 'string' }, content: {} },
    required: ['role'],
  }) as unknown as z.ZodType<Message>;

function messageFaults(value: unknown): ShapeFault[] {
  if (!isObject(value)) return [{ path: [], message: 'must be an object' }];
  const faults: ShapeFault[] = [];
  const { role, content, tool_calls: calls, tool_call_id: callId, name } = value;
  if (typeof role !== 'string' || role === '')
    faults.push({ path: ['role'], message: 'must be a non-empty string' });
  if (!isAbsent(callId) && typeof callId !== 'string') {
    faults.push({ path: ['tool_call_id'], message: 'must be a string' });
  }
  if (!isAbsent(name) && typeof name !== 'string')
    faults.push({ path: ['name'], message: 'must be a string' });
  return [...faults, ...contentFaults(content), ...callFaults(calls)];
}

function contentFaults(content: unknown): ShapeFault[] {
  if (isAbsent(content) || typeof content === 'string') return [];
  if (!Array.isArray(content)) {
    return [{ path: ['content'], message: 'must be a string, a list of content parts or null' }];
  }
  return content.flatMap((part: unknown, i): ShapeFault[] => {
    if (!isObject(part)) return [{ path: ['content', i], message: 'must be an object' }];
    if (typeof part['type'] !== 'string')
      return [{ path: ['content', i, 'type'], message: 'must be a string' }];
    if (part['type'] === 'text' && typeof part['text'] !== 'string') {
      return [{ path: ['content', i, 'text'], message: 'must be a string' }];
    }
    return [];
  });
}

function callFaults(calls: unknown): ShapeFault[] {
  if (isAbsent(calls)) return [];
  if (!Array.isArray(calls)) return [{ path: ['tool_calls'], message: 'must be a list' }];
  return calls.flatMap((call: unknown, i): ShapeFault[] => {
    if (!isObject(call)) return [{ path: ['tool_calls', i], message: 'must be an object' }];
    // Calls of tools that are no functions have another member instead.
    if (isAbsent(call['function'])) return [];
    const made = call['function'];
    if (!isObject(made)) return [{ path: ['tool_calls', i, 'function'], message: 'must be an object' }];
    return (['name', 'arguments'] as const)
      .filter((field) => typeof made[field] !== 'string')
      .map((field) => ({ path: ['tool_calls', i, 'function', field], message: 'must be a string' }));
  });
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
