import type { MemorySystem } from '../operations.js';

/** Another memory, ready to be filled and asked. */
export interface RunningPeer extends MemorySystem {
  /** Stores many at once, in the way the package offers for that. */
  fill(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface PeerKind {
  readonly name: string;
  /** What its search does, and so which of our modes it is held against. */
  readonly mode: 'keyword' | 'hybrid';
  /** @param embeddingsUrl of the fake embedder. @throws Error where it cannot be installed or started. */
  start(embeddingsUrl: string): Promise<RunningPeer>;
}
