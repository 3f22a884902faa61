import { isIPv4, isIPv6 } from 'node:net';

/** Whether nobody but this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  if (isIPv4(bare)) return bare.startsWith('127.');
  return isIPv6(bare) && (/^(0*:)+0*1$/.test(bare) || bare.startsWith('::ffff:127.'));
}
