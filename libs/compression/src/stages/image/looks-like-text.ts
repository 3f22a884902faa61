import type { GrayImage } from './image-codec.js';

/** The image is judged at this size: letters of a page are a pixel or two high by then and still make edges. */
export const TEXT_SAMPLE_SIDE = 320;
const EDGE = 48;
/** Pages, screenshots and slides have a ground of one shade … */
const GROUND_SHARE = 0.45;
const GROUND_WIDTH = 12;
/** … with sharp edges on it. */
const EDGE_SHARE = 0.025;

/** True for pages, screenshots, slides and the like, whose letters a smaller picture would lose. */
export function looksLikeText({ width, height, pixels }: GrayImage): boolean {
  if (pixels.length === 0) return false;
  const histogram = new Uint32Array(256);
  for (const shade of pixels) histogram[shade] = (histogram[shade] ?? 0) + 1;
  if (groundPixels(histogram) < pixels.length * GROUND_SHARE) return false;
  let edges = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      if (Math.abs((pixels[at] ?? 0) - (pixels[at - 1] ?? 0)) >= EDGE) edges++;
    }
  }
  return edges >= pixels.length * EDGE_SHARE;
}

/** Pixels of the commonest shade and those near it. */
function groundPixels(histogram: Uint32Array): number {
  let most = 0;
  for (let shade = 0; shade < 256; shade++)
    if ((histogram[shade] ?? 0) > (histogram[most] ?? 0)) most = shade;
  let sum = 0;
  const end = Math.min(255, most + GROUND_WIDTH);
  for (let shade = Math.max(0, most - GROUND_WIDTH); shade <= end; shade++) sum += histogram[shade] ?? 0;
  return sum;
}
