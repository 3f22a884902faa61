const OPENING = '<memory';
const CLOSING = '</memory';
const TEXT_RUN = /[^\s<]+/y;
const WHITE = /\s/;

/**
 * Takes `<memory>…</memory>` blocks out of text while it streams, whatever way it is cut into chunks. White space
 * around a block goes with it, and so does a block that never ends. Held back is only what may yet turn out to be
 * an opening tag or the white space before one.
 */
export class MemoryBlockStripper {
  readonly #blocks: string[] = [];
  #insideBlock = false;
  /** Right behind a block, where white space is dropped. */
  #behindBlock = false;
  #white = '';
  /** What may be the beginning of the tag that is looked for. */
  #tag = '';
  #body = '';

  /**
   * The inner texts of the blocks so far. A block that never ended joins them at the end of the text, behind its
   * opening tag, so that it reads as the malformed block that it is.
   */
  get blocks(): readonly string[] {
    return this.#blocks;
  }

  /** @returns the part of the text so far that certainly belongs to no block. */
  push(chunk: string): string {
    let out = '';
    let at = 0;
    while (at < chunk.length) {
      const character = chunk.charAt(at);
      if (this.#tag !== '') {
        const taken = this.#continueTag(character);
        if (taken) at++;
        else out += this.#abandonTag();
      } else if (character === '<') {
        this.#tag = '<';
        at++;
      } else if (this.#insideBlock) {
        const next = chunk.indexOf('<', at);
        const end = next === -1 ? chunk.length : next;
        this.#body += chunk.slice(at, end);
        at = end;
      } else if (WHITE.test(character)) {
        this.#white += character;
        at++;
      } else {
        TEXT_RUN.lastIndex = at;
        const run = TEXT_RUN.exec(chunk)?.[0] ?? character;
        out += this.#releaseWhite() + run;
        at += run.length;
      }
    }
    return out;
  }

  /** Ends the text. @returns what was held back and belongs to no block. */
  end(): string {
    const openedBlock = !this.#insideBlock && this.#tag.length >= OPENING.length;
    if (this.#insideBlock) this.#blocks.push(`${OPENING}>${this.#body}${this.#tag}`);
    else if (openedBlock) this.#blocks.push(this.#tag);
    const rest = this.#insideBlock || openedBlock ? '' : this.#abandonTag() + this.#releaseWhite();
    this.#white = this.#tag = this.#body = '';
    this.#insideBlock = this.#behindBlock = false;
    return rest;
  }

  /** True when the character can belong to the tag; a tag that is complete changes the state. */
  #continueTag(character: string): boolean {
    const wanted = this.#insideBlock ? CLOSING : OPENING;
    if (this.#tag.length < wanted.length) {
      if (character.toLowerCase() !== wanted[this.#tag.length]) return false;
      this.#tag += character;
      return true;
    }
    if (character === '>') {
      this.#crossTag();
      return true;
    }
    if (!WHITE.test(character)) return false;
    this.#tag += character;
    return true;
  }

  #crossTag(): void {
    if (this.#insideBlock) this.#blocks.push(this.#body);
    this.#behindBlock = this.#insideBlock;
    this.#insideBlock = !this.#insideBlock;
    this.#white = this.#tag = this.#body = '';
  }

  /** What looked like a tag was text; white space at its end may still stand before a block. */
  #abandonTag(): string {
    const tag = this.#tag;
    this.#tag = '';
    if (tag === '') return '';
    if (this.#insideBlock) {
      this.#body += tag;
      return '';
    }
    const text = tag.trimEnd();
    const out = this.#releaseWhite() + text;
    this.#white = tag.slice(text.length);
    return out;
  }

  #releaseWhite(): string {
    const white = this.#behindBlock ? '' : this.#white;
    this.#white = '';
    this.#behindBlock = false;
    return white;
  }
}
