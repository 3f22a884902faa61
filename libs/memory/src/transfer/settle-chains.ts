import { type AwaitedLinks, linkFault, type ToldMemory } from './told-links.js';

/** A link of a chain that cannot stay, and why. */
export interface BrokenLink {
  readonly id: string;
  readonly fault: string;
}

/** A stored memory and the chain that is made of it so far. */
export interface ChainMember {
  readonly memory: ToldMemory;
  readonly chainId: string;
}

export interface AwaitingMember extends ChainMember {
  readonly awaits: AwaitedLinks;
}

export interface SettledChains {
  /** Predecessors that do not know of a successor yet, told before they were superseded; each is ended by its own. */
  readonly ended: readonly { readonly predecessor: ChainMember; readonly successor: ChainMember }[];
  /** Chains that lead to what is not there. */
  readonly broken: ReadonlyMap<string, readonly AwaitingMember[]>;
}

/**
 * What is to become of chains that await links after all has come.
 * @param neighbours what is stored of all that is awaited, by id
 */
export function settleChains(
  awaiting: readonly AwaitingMember[],
  neighbours: ReadonlyMap<string, ChainMember>,
): SettledChains {
  const open = new Map<string, AwaitingMember[]>();
  for (const member of awaiting) open.set(member.chainId, [...(open.get(member.chainId) ?? []), member]);
  const known = new Map(neighbours);
  const ended: { predecessor: ChainMember; successor: ChainMember }[] = [];
  for (let before = -1; before !== ended.length;) {
    before = ended.length;
    for (const [chainId, members] of open) {
      const successor = headOf(members);
      const predecessor = known.get(successor?.awaits.predecessor ?? '');
      if (successor === undefined || predecessor === undefined || open.has(predecessor.chainId)) continue;
      const { memory } = predecessor;
      if (memory.supersededBy !== undefined || linkFault(memory, successor.memory) !== undefined) continue;
      ended.push({ predecessor, successor });
      known.set(memory.id, { ...predecessor, memory: { ...memory, supersededBy: successor.memory.id } });
      open.delete(chainId);
    }
  }
  return { ended, broken: open };
}

/** The first member of a chain that awaits nothing but what it superseded. */
function headOf(members: readonly AwaitingMember[]): AwaitingMember | undefined {
  const [head, ...others] = members;
  return others.length === 0 && head?.awaits.successor === undefined ? head : undefined;
}

/** Why a member of a broken chain cannot stay: what it awaits, or what it is linked to cannot stay either. */
export function faultIn(
  chain: readonly AwaitingMember[],
  { id, supersedes, supersededBy }: Pick<ToldMemory, 'id' | 'supersedes' | 'supersededBy'>,
  neighbours: ReadonlyMap<string, ChainMember>,
): string {
  const itself = chain.find(({ memory }) => memory.id === id);
  const end = chain.find(({ awaits }) => awaits.successor !== undefined);
  const before = itself?.awaits.predecessor;
  if (itself !== undefined && before !== undefined) {
    const fault = linkFault(neighbours.get(before)?.memory, itself.memory);
    return fault ?? `supersedes: names ${before}, whose chain is not whole`;
  }
  const after = itself?.awaits.successor ?? (end === undefined ? undefined : supersededBy);
  if (after !== undefined) return `superseded_by: names ${after}, which is not there as its successor`;
  return `supersedes: names ${supersedes ?? ''}, which is not there in this scope`;
}
