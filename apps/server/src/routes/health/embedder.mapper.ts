import type { EmbedderStatus } from '#libs/memory';
import type { CheckResult } from './readiness.js';

/** The embedder as `/readyz` and `/stats` show it; what is not the case is left out. */
export function toEmbedder(status: EmbedderStatus): Record<string, unknown> {
  const { model, mode, pending, availability, change, setAside, lastError } = status;
  return {
    model,
    mode,
    pending,
    ...(availability?.status === 'downloading' && { percent: availability.percent }),
    ...(availability?.status === 'unavailable' && { detail: availability.detail }),
    ...(change && { previous_model: change.from.join(', '), done: change.done, total: change.total }),
    ...(setAside !== undefined && { set_aside: setAside }),
    ...(lastError !== undefined && { last_error: lastError }),
  };
}

/**
 * Never `failed`: keywords answer without an embedder. `auto` promises none, so that it is `ok` without a model.
 * @param chosen why this embedder was chosen, and whether it was asked for by name.
 */
export function toEmbedderCheck(
  status: EmbedderStatus,
  chosen: { readonly reason: string; readonly isNamed: boolean },
): CheckResult {
  return { status: verdict(status, chosen.isNamed), ...toEmbedder(status), reason: chosen.reason };
}

function verdict({ availability, lastError }: EmbedderStatus, isNamed: boolean): CheckResult['status'] {
  if (availability?.status === 'downloading') return 'downloading';
  if (availability?.status === 'unavailable') return isNamed ? 'degraded' : 'ok';
  return lastError === undefined ? 'ok' : 'degraded';
}
