import { v7 } from 'uuid';
import { Ids } from '#libs/kernel';

/** `prefix_` + UUIDv7 (RFC 9562): ids of one process sort by creation, even within one millisecond. */
export class UuidV7Ids extends Ids {
  next(prefix: string): string {
    return `${prefix}_${v7()}`;
  }
}
