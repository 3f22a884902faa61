import type { ProviderUsage } from '../called-tool.js';
import { isObject } from './json-members.js';

/** Adds up what several calls of the model used, field by field; nested details too. */
export function sumUsage(
  first: ProviderUsage | undefined,
  second: ProviderUsage | undefined,
): ProviderUsage | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const sum: Record<string, unknown> = { ...first, ...second };
  for (const key of Object.keys(sum)) {
    const [a, b] = [first[key], second[key]];
    if (typeof a === 'number' && typeof b === 'number') sum[key] = a + b;
    else if (isObject(a) && isObject(b)) sum[key] = sumUsage(a, b);
    else if (b === undefined || b === null) sum[key] = a;
  }
  return sum;
}
