import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Each connection keeps them until it ends. */
const MOST = 200;
const LONGEST = 8_192;
/** Statements with a list in them are many, and most of them do not come again. */
const WORTH_IT_FROM = 3;

/**
 * The names of the statements that PostgreSQL keeps prepared: parsed and planned once per connection. A name is a hash
 * of the text, so that it means the same wherever it is known.
 */
export class PreparedNames {
  readonly #names = new Map<string, string>();
  readonly #uses = new LRUCache<string, number>({ max: 4 * MOST });
  #isOn = true;

  /** Undefined for a statement that is not worth it. */
  nameOf(text: string): string | undefined {
    if (!this.#isOn) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    if (this.#names.size === MOST || text.length > LONGEST) return undefined;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    this.#uses.set(text, uses);
    return uses < WORTH_IT_FROM ? undefined : this.#name(text);
  }

  /** From now on no statement has a name. */
  giveUp(): void {
    this.#isOn = false;
  }

  #name(text: string): string {
    const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
    this.#names.set(text, name);
    this.#uses.delete(text);
    return name;
  }
}
