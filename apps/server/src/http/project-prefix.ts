import type { IncomingMessage } from 'node:http';

const PREFIX = /^\/p\/[^/?#]+(?=\/)/;

/** Clients that can only be given a base URL name their project in it: `/p/<project>/v1/…` is `/v1/…`. */
export function withoutProjectPrefix({ url = '/' }: IncomingMessage): string {
  return url.replace(PREFIX, '');
}
