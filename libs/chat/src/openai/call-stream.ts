import type { AnswerCall } from '../called-tool.js';
import { isObject, type JsonMembers } from './json-members.js';

type Owner = 'undecided' | 'ours' | 'client';

interface OpenCall {
  owner: Owner;
  /** The position that the client sees. */
  position: number;
  name: string;
  arguments: string;
  /** Every field of the call as the provider sent it, for giving it back. */
  fields: JsonMembers;
  held: JsonMembers[];
}

/**
 * The tool calls of one answer while they stream. A call is the client's as soon as its name can no longer become
 * one of ours; the client's calls are numbered anew, without gaps.
 */
export class CallStream {
  private readonly calls = new Map<number, OpenCall>();
  private visible = 0;

  constructor(private readonly ourNames: readonly string[]) {}

  areOnlyOurs(): boolean {
    return this.calls.size > 0 && this.own().length === this.calls.size;
  }

  /** Some are ours and some the client's. */
  areMixed(): boolean {
    const own = this.own().length;
    return own > 0 && own < this.calls.size;
  }

  areForClient(): boolean {
    return this.own().length < this.calls.size;
  }

  /** All of them as whole calls, in the model's order; the client's may lack an end of their name. */
  all(): readonly AnswerCall[] {
    return [...this.calls.values()].map(({ fields, name, arguments: text }) => {
      const { index: _index, ...rest } = fields;
      return {
        id: typeof fields['id'] === 'string' ? fields['id'] : '',
        name,
        arguments: text,
        sent: { type: 'function', ...rest, function: { name, arguments: text } },
      };
    });
  }

  /** @returns the pieces of calls that the client may see. */
  push(pieces: readonly unknown[]): readonly unknown[] {
    return pieces.flatMap((piece): readonly unknown[] => (isObject(piece) ? this.pushPiece(piece) : [piece]));
  }

  /** Pieces of calls whose name was never complete, or was one of ours in its beginning alone. */
  flush(): readonly JsonMembers[] {
    return [...this.calls.values()]
      .filter((call) => call.owner === 'undecided' && !this.isOurs(call))
      .flatMap((call) => this.giveToClient(call));
  }

  private own(): readonly OpenCall[] {
    return [...this.calls.values()].filter((call) => this.isOurs(call));
  }

  /** As far as can be told by now: the name of an undecided call may still go on. */
  private isOurs({ owner, name }: OpenCall): boolean {
    return owner === 'ours' || (owner === 'undecided' && this.ourNames.includes(name));
  }

  private pushPiece(piece: JsonMembers): readonly JsonMembers[] {
    const call = this.callOf(piece);
    const definition = isObject(piece['function']) ? piece['function'] : {};
    if (typeof definition['arguments'] === 'string') call.arguments += definition['arguments'];
    const { function: _function, ...fields } = piece;
    call.fields = { ...call.fields, ...fields };
    if (call.owner === 'client') return [at(piece, call.position)];
    if (call.owner === 'ours') return [];
    const { name } = definition;
    // Some providers repeat the whole name with every piece.
    if (typeof name === 'string' && name !== call.name) call.name += name;
    call.held.push(piece);
    const mayGoOn = isObject(piece['function']) && call.arguments === '';
    if (mayGoOn && this.ourNames.some((ours) => ours.startsWith(call.name))) return [];
    if (!this.ourNames.includes(call.name)) return this.giveToClient(call);
    call.owner = 'ours';
    call.held = [];
    return [];
  }

  private callOf(piece: JsonMembers): OpenCall {
    const index = typeof piece['index'] === 'number' ? piece['index'] : this.calls.size;
    const known = this.calls.get(index);
    if (known !== undefined) return known;
    const opened: OpenCall = {
      owner: 'undecided',
      position: 0,
      name: '',
      arguments: '',
      fields: {},
      held: [],
    };
    this.calls.set(index, opened);
    return opened;
  }

  private giveToClient(call: OpenCall): readonly JsonMembers[] {
    call.owner = 'client';
    call.position = this.visible++;
    const held = call.held.map((piece) => at(piece, call.position));
    call.held = [];
    return held;
  }
}

function at(piece: JsonMembers, position: number): JsonMembers {
  return piece['index'] === undefined ? piece : { ...piece, index: position };
}
