import type { Caller } from '#libs/kernel';

/** A caller that may touch every user of its tenant. */
export function aCaller(overrides: Partial<Caller> = {}): Caller {
  return { tenantId: 'tenant-a', users: null, isAdmin: false, ...overrides };
}

/** A caller whose key is bound to these users. */
export function aCallerFor(users: readonly string[], overrides: Partial<Caller> = {}): Caller {
  return aCaller({ users, keyId: 'key_bound', ...overrides });
}
