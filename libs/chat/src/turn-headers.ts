import type { ProviderHeaders } from './chat-provider.js';
import type { PreparedPrompt } from './prepared-prompt.js';
import type { TurnMode } from './turn-contract.js';

/** A header with a longer value is refused by some proxies. */
const MAX_TRANSFORMS_CHARACTERS = 2000;
const PRINTABLE = /[^\x20-\x7e]/g;

/** What the answer says of the way its request went. Tokens are the prompt's; both count recalled memories and offered tools too. */
export function turnHeaders(prepared: PreparedPrompt, mode: TurnMode): ProviderHeaders {
  const { tokensBefore, tokensAfter, transforms, prompt, failed } = prepared;
  const model = prompt?.model?.replace(PRINTABLE, '?');
  return {
    ...(mode === 'passthrough' || prompt === null || failed
      ? {}
      : {
          'x-headroom-tokens-before': String(tokensBefore),
          'x-headroom-tokens-after': String(tokensAfter),
          'x-headroom-tokens-saved': String(Math.max(0, tokensBefore - tokensAfter)),
        }),
    ...(model === undefined ? {} : { 'x-headroom-model': model }),
    ...(transforms.length === 0 ? {} : { 'x-headroom-transforms': joined(transforms) }),
    'x-headroom-cached': 'false',
    'x-headroom-compressed': String(tokensAfter < tokensBefore),
    ...(failed ? { 'x-headroom-compression-failed': 'true' } : {}),
  };
}

function joined(transforms: readonly string[]): string {
  return transforms.join(',').replace(PRINTABLE, '?').slice(0, MAX_TRANSFORMS_CHARACTERS);
}
