/** Where new secrets come from. */
export abstract class SecretSource {
  /** @returns that many unpredictable bytes. */
  abstract randomBytes(count: number): Uint8Array;
}
