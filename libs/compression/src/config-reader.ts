export interface ConfigFault {
  /** Such as `smart_crusher.max_items_after_crush`. */
  readonly path: string;
  readonly message: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads values of a record by the first of their spellings that is there. */
export class ConfigReader {
  constructor(
    private readonly record: Record<string, unknown>,
    readonly faults: ConfigFault[],
    private readonly path = '',
  ) {}

  keys(): string[] {
    return Object.keys(this.record);
  }

  fault(name: string, message: string): void {
    this.faults.push({ path: this.path + name, message });
  }

  boolean(...names: string[]): boolean | undefined {
    return this.read(names, 'must be true or false', (value) => typeof value === 'boolean');
  }

  count(...names: string[]): number | undefined {
    const isCount = (value: unknown): value is number =>
      Number.isSafeInteger(value) && (value as number) >= 0;
    return this.read(names, 'must be a whole number of 0 or more', isCount);
  }

  /** A number between 0 and 1. */
  share(...names: string[]): number | undefined {
    const isShare = (value: unknown): value is number =>
      typeof value === 'number' && value >= 0 && value <= 1;
    return this.read(names, 'must be a number from 0 to 1', isShare);
  }

  string(...names: string[]): string | undefined {
    return this.read(names, 'must be a string', (value) => typeof value === 'string');
  }

  number(...names: string[]): number | undefined {
    const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0;
    return this.read(names, 'must be a number of 0 or more', isNumber);
  }

  strings(...names: string[]): string[] | undefined {
    const isList = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.read(names, 'must be a list of strings', isList);
  }

  oneOf<T extends string>(values: readonly T[], ...names: string[]): T | undefined {
    const isOne = (value: unknown): value is T => values.includes(value as T);
    return this.read(names, `must be one of ${values.join(', ')}`, isOne);
  }

  section(...names: string[]): ConfigReader {
    const name = names.find((each) => Object.hasOwn(this.record, each)) ?? names[0] ?? '';
    const record = this.read([name], 'must be an object', isRecord);
    return new ConfigReader(record ?? {}, this.faults, `${this.path}${name}.`);
  }

  private read<T>(
    names: readonly string[],
    message: string,
    accepts: (value: unknown) => value is T,
  ): T | undefined {
    for (const name of names) {
      if (!Object.hasOwn(this.record, name)) continue;
      const value = this.record[name];
      if (value === undefined || value === null) continue;
      if (accepts(value)) return value;
      this.fault(name, message);
    }
    return undefined;
  }
}
