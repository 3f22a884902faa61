import type { WasteTokens } from '#libs/usage';
import type { Wire } from '../../http/wire.js';

export function toWasteSignals(waste: WasteTokens): Wire {
  return {
    json_bloat_tokens: waste.jsonBloatTokens,
    html_noise_tokens: waste.htmlNoiseTokens,
    base64_tokens: waste.base64Tokens,
    whitespace_tokens: waste.whitespaceTokens,
    dynamic_date_tokens: waste.dynamicDateTokens,
    repetition_tokens: waste.repetitionTokens,
    total: waste.total,
  };
}
