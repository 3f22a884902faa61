import type { FactoryProvider, InjectionToken } from '@nestjs/common';

/** The parts that a list of tokens stands for. */
type PartsOf<Tokens extends readonly unknown[]> = {
  [Index in keyof Tokens]: Tokens[Index] extends abstract new (...args: never[]) => infer Part
    ? Part
    : unknown;
};

/** A port and how its part is made of others: `port(Retriever, [OriginalStore, Clock], (originals, clock) => …)`. */
export function port<Part, const Tokens extends readonly InjectionToken[]>(
  token: (abstract new (...args: never[]) => Part) | symbol,
  needs: Tokens,
  make: (...parts: PartsOf<Tokens>) => Part | Promise<Part>,
): FactoryProvider {
  return {
    provide: token as InjectionToken,
    inject: [...needs],
    useFactory: make as FactoryProvider['useFactory'],
  };
}
