import { invalid, type Fault } from '#libs/kernel';

/**
 * The arguments of a tool call as a model wrote them, which is not always what the schema says: numbers and booleans
 * come as text, one name in the place of a list, null for what is left out. What has one clear meaning is taken.
 */
export class ToolArguments {
  readonly #faults: Fault[] = [];

  private constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  /** @param text JSON of an object, also quoted once more as a JSON string; empty means none. */
  static read(text: string): ToolArguments {
    const value = text.trim() === '' ? {} : parsed(text);
    const object = typeof value === 'string' ? parsed(value) : value;
    if (typeof object === 'object' && object !== null && !Array.isArray(object)) {
      return new ToolArguments(object as Record<string, unknown>);
    }
    throw invalid([{ path: 'arguments', message: 'must be one JSON object; call again with valid JSON' }]);
  }

  /** @param names the argument's own name, then others that models give it. */
  text(...names: readonly [string, ...string[]]): string | undefined {
    const value = names.map((name) => this.values[name] ?? undefined).find((given) => given !== undefined);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return this.#storable(names[0], String(value));
    }
    this.refuse(names[0], 'must be a string');
    return undefined;
  }

  requiredText(...names: readonly [string, ...string[]]): string {
    const text = this.text(...names) ?? '';
    if (text.trim() === '') this.refuse(names[0], 'is missing');
    return text;
  }

  number(name: string): number | undefined {
    const value = this.values[name] ?? undefined;
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    this.refuse(name, 'must be a number');
    return undefined;
  }

  /** Cut down to what is allowed: who asks for more than there can be gets all that there can be. */
  count(name: string, most: number): number | undefined {
    const number = this.number(name);
    return number === undefined ? undefined : Math.min(most, Math.max(1, Math.round(number)));
  }

  flag(name: string): boolean {
    const value = this.values[name] ?? false;
    const flag = typeof value === 'string' ? FLAGS.get(value.trim().toLowerCase()) : value;
    if (typeof flag === 'boolean') return flag;
    this.refuse(name, 'must be true or false');
    return false;
  }

  /** Without empty ones and repeats. */
  names(name: string): readonly string[] {
    const value = this.values[name] ?? [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((item) => typeof item === 'string' || typeof item === 'number')) {
      this.refuse(name, 'must be a list of strings');
      return [];
    }
    const texts = list.map((item) => this.#storable(name, String(item)).trim());
    return [...new Set(texts.filter((text) => text !== ''))];
  }

  /** No store keeps these characters, so nothing can be found under them either. */
  #storable(name: string, text: string): string {
    if (text.includes('\u0000') || !text.isWellFormed()) {
      this.refuse(name, 'must not hold NUL or lone surrogates');
    }
    return text;
  }

  /** @throws HeadroomError `validation_error` that names every fault met so far. */
  check(): void {
    if (this.#faults.length > 0) throw invalid(this.#faults);
  }

  /** Notes a fault of an argument; {@link check} names it. */
  refuse(path: string, message: string): void {
    this.#faults.push({ path, message });
  }
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
