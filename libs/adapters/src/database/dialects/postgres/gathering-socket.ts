import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/** A socket that hands to the system together what is written in one turn: each write of its own costs as much. */
export class GatheringSocket extends Socket {
  #isGathering = false;

  override write(data: Uint8Array | string, written?: Written): boolean;
  override write(data: Uint8Array | string, encoding?: BufferEncoding, written?: Written): boolean;
  override write(data: Uint8Array | string, second?: BufferEncoding | Written, third?: Written): boolean {
    this.#gather();
    return typeof second === 'string' ? super.write(data, second, third) : super.write(data, second ?? third);
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.uncork();
    });
  }
}
