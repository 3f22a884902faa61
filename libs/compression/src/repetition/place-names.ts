import { argumentsOf, type CalledTool } from '../tool-calls.js';

const MAX_ARGUMENT_CHARACTERS = 48;
const MAX_ARGUMENTS = 4;

/** Where something stands in a conversation. */
export interface Place {
  readonly name: string;
  /** The message. */
  readonly index: number;
}

/**
 * Names places of a conversation so that a model finds them: `get_user(mia_li_3668)`, the second time
 * `get_user(mia_li_3668) #2`. A name depends on what stands before its place alone.
 */
export class PlaceNames {
  private readonly used = new Map<string, number>();

  placeOf(call: CalledTool | undefined, index: number): Place {
    const name = call === undefined ? `message ${String(index + 1)}` : nameOfCall(call);
    const count = (this.used.get(name) ?? 0) + 1;
    this.used.set(name, count);
    return { name: count === 1 ? name : `${name} #${String(count)}`, index };
  }
}

/** `read(src/a.ts)`: the tool and the first short values that it was called with. */
export function nameOfCall(call: CalledTool): string {
  const values = Object.values(Object(argumentsOf(call)) as object).filter(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return `${call.name}(${values.slice(0, MAX_ARGUMENTS).map(shortened).join(', ')})`;
}

/** One line without quotes or brackets, which would need escapes in JSON or end a marker. */
function shortened(value: string | number): string {
  const line = String(value)
    .slice(0, 4 * MAX_ARGUMENT_CHARACTERS)
    .replace(/[\s"\\[\]]+/g, ' ')
    .trim();
  return line.length <= MAX_ARGUMENT_CHARACTERS
    ? line
    : `${line.slice(0, MAX_ARGUMENT_CHARACTERS - 1).trim()}…`;
}
