import { randomBytes } from 'node:crypto';
import { SecretSource } from '#libs/access';

/** Secrets from the operating system's generator. */
export class RandomSecrets extends SecretSource {
  randomBytes(count: number): Uint8Array {
    return randomBytes(count);
  }
}
