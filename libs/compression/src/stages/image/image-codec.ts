export interface ImageFacts {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
}

/** Reads and writes images; refuses what would unpack beyond its limits. */
export abstract class ImageCodec {
  /** @throws when the bytes are no image, or one with more pixels than the codec unpacks. */
  abstract inspect(bytes: Uint8Array): Promise<ImageFacts>;
}
