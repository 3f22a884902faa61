import type { ErasureReceipt } from '#libs/kernel';

/** A fake that can forget a user; it names what it erased. */
export interface Erasable {
  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt>;
}
