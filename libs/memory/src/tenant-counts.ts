import type { Caller } from '#libs/kernel';

/** Counts things by name and tenant since the start; names must come from this service, never from clients. */
export class TenantCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  add(caller: Caller, name: string, count = 1): void {
    const counts = this.#counts.get(caller.tenantId) ?? new Map<string, number>();
    counts.set(name, (counts.get(name) ?? 0) + count);
    this.#counts.set(caller.tenantId, counts);
  }

  of(caller: Caller, name: string): number {
    return this.#counts.get(caller.tenantId)?.get(name) ?? 0;
  }
}
