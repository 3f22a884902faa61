import { type Caller, type ErasureReceipt, NOTHING_ERASED, requireUser, UserErasure } from '#libs/kernel';
import type { Erasable } from './erasable.js';

/** Erases a user from every fake it is given. */
export class InMemoryUserErasure extends UserErasure {
  constructor(private readonly stores: readonly Erasable[]) {
    super();
  }

  override erase(caller: Caller, userId: string): Promise<ErasureReceipt> {
    return Promise.resolve().then(() => {
      requireUser(caller, userId);
      return this.stores.reduce<ErasureReceipt>(
        (receipt, store) => ({ ...receipt, ...store.eraseUser(caller.tenantId, userId) }),
        NOTHING_ERASED,
      );
    });
  }
}
