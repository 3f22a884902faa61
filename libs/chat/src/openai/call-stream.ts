import type { CalledTool } from '../called-tool.js';
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
    return this.calls.size > 0 && [...this.calls.values()].every(({ owner }) => owner === 'ours');
  }

  ours(): readonly CalledTool[] {
    return this.own().map(({ fields, name, arguments: text }) => ({
      id: typeof fields['id'] === 'string' ? fields['id'] : '',
      name,
      arguments: text,
    }));
  }

  /** Our calls as whole JSON values of an assistant message. */
  oursAsSent(): readonly JsonMembers[] {
    return this.own().map(({ fields, name, arguments: text }) => {
      const { index: _index, ...rest } = fields;
      return { type: 'function', ...rest, function: { name, arguments: text } };
    });
  }

  /** @returns the pieces of calls that the client may see. */
  push(pieces: readonly unknown[]): readonly unknown[] {
    return pieces.flatMap((piece): readonly unknown[] => (isObject(piece) ? this.pushPiece(piece) : [piece]));
  }

  /** Pieces of calls whose name was never complete. */
  flush(): readonly JsonMembers[] {
    return [...this.calls.values()]
      .filter(({ owner }) => owner === 'undecided')
      .flatMap((call) => this.giveToClient(call));
  }

  private own(): readonly OpenCall[] {
    return [...this.calls.values()].filter(({ owner }) => owner === 'ours');
  }

  private pushPiece(piece: JsonMembers): readonly JsonMembers[] {
    const call = this.callOf(piece);
    const definition = isObject(piece['function']) ? piece['function'] : {};
    if (typeof definition['arguments'] === 'string') call.arguments += definition['arguments'];
    const { function: _function, ...fields } = piece;
    call.fields = { ...call.fields, ...fields };
    if (call.owner === 'client') return [at(piece, call.position)];
    if (call.owner === 'ours') return [];
    if (typeof definition['name'] === 'string') call.name += definition['name'];
    call.held.push(piece);
    if (this.ourNames.includes(call.name)) {
      call.owner = 'ours';
      call.held = [];
      return [];
    }
    const named = !isObject(piece['function']) || call.arguments !== '';
    const mayBecomeOurs = this.ourNames.some((name) => name.startsWith(call.name));
    return mayBecomeOurs && !named ? [] : this.giveToClient(call);
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
