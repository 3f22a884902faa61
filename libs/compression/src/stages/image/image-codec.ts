export interface ImageFacts {
  /** Pixels, as a viewer would show them: turned by their EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/** Parts of an image's width and height, each between 0 and 1. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ImageChange {
  /** Cut out first. */
  readonly region?: Region | undefined;
  /** The longer side afterwards, in pixels, at most; nothing is enlarged. */
  readonly maxSide?: number | undefined;
}

export interface EncodedImage extends ImageFacts {
  readonly bytes: Uint8Array;
  /** Such as `image/png`. */
  readonly mediaType: string;
}

/** Brightness of each pixel, 0–255, row by row. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Reads and writes images; the same bytes and change give the same bytes. */
export abstract class ImageCodec {
  /** Reads the header alone. @throws for what is no image, or has more pixels than the codec unpacks. */
  abstract inspect(bytes: Uint8Array): Promise<ImageFacts>;
  /** @throws like {@link inspect}, and for damaged data. */
  abstract change(bytes: Uint8Array, change: ImageChange): Promise<EncodedImage>;
  /** The image in shades of gray, its longer side `maxSide` pixels at most. @throws like {@link change}. */
  abstract gray(bytes: Uint8Array, maxSide: number): Promise<GrayImage>;
}
