import type { Message } from '#libs/kernel';
import type { AtomicUnit } from '../atomic-units.js';
import { callsOf, resultIds } from '../message-calls.js';

/** Per message the names of the tools that it calls or whose results it has; empty for every other message. */
export function calledTools(
  messages: readonly Message[],
  units: readonly AtomicUnit[],
): readonly (readonly string[])[] {
  const names: string[][] = messages.map(() => []);
  for (const unit of units) {
    const byId = new Map<string | undefined, string>();
    for (const index of unit) {
      const message = messages[index];
      if (message === undefined) continue;
      const own = resultIds(message).map((id) => namedResult(message) ?? byId.get(id));
      for (const { id, name } of callsOf(message)) {
        if (name === undefined) continue;
        byId.set(id, name);
        own.push(name);
      }
      names[index] = own.filter((name) => name !== undefined);
    }
  }
  return names;
}

function namedResult({ name, role }: Message): string | undefined {
  return (role === 'tool' || role === 'function') && typeof name === 'string' ? name : undefined;
}
