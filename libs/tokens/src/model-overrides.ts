import { HeadroomError, type Fault } from '#libs/kernel';
import type { ModelPricing, Provider } from './known-models.js';

export interface ModelOverride {
  readonly provider: Provider;
  readonly contextLimit?: number | undefined;
  readonly pricing?: ModelPricing | undefined;
}

/** Model name → what configuration says of it. */
export type ModelOverrides = ReadonlyMap<string, ModelOverride>;

type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Reads what configuration says of models, later sources over earlier ones, each already parsed as JSON:
 * `{provider: {context_limits: {model: tokens}, pricing: {model: {input, output, cached_input?}}}}`, dollars per million.
 * @throws HeadroomError `configuration_error` naming every fault.
 */
export function parseModelOverrides(...sources: readonly unknown[]): ModelOverrides {
  const overrides = new Map<string, ModelOverride>();
  const faults: Fault[] = [];
  const merge = (provider: Provider, model: string, part: Omit<ModelOverride, 'provider'>): void => {
    overrides.set(model, { ...overrides.get(model), provider, ...part });
  };
  for (const [providerName, section] of sources.flatMap((json) => entriesOf(json, '', faults))) {
    if (!isRecord(section)) {
      faults.push({ path: providerName, message: 'must be an object with context_limits and pricing' });
      continue;
    }
    const provider = providerOf(providerName);
    const limitsPath = `${providerName}.context_limits`;
    for (const [model, limit] of entriesOf(section['context_limits'] ?? {}, limitsPath, faults)) {
      if (typeof limit === 'number' && Number.isInteger(limit) && limit > 0) {
        merge(provider, model, { contextLimit: limit });
      } else
        faults.push({ path: `${limitsPath}.${model}`, message: 'must be a positive whole number of tokens' });
    }
    const pricingPath = `${providerName}.pricing`;
    for (const [model, price] of entriesOf(section['pricing'] ?? {}, pricingPath, faults)) {
      const pricing = pricingOf(price);
      if (pricing !== null) merge(provider, model, { pricing });
      else {
        faults.push({
          path: `${pricingPath}.${model}`,
          message: 'must be {input, output, cached_input?} in dollars per million tokens',
        });
      }
    }
  }
  if (faults.length === 0) return overrides;
  const text = faults.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ');
  throw new HeadroomError('configuration_error', `Model limits: ${text}.`, { errors: faults });
}

function entriesOf(value: unknown, path: string, faults: Fault[]): [string, unknown][] {
  if (isRecord(value)) return Object.entries(value);
  faults.push({ path, message: 'must be an object' });
  return [];
}

function pricingOf(value: unknown): ModelPricing | null {
  if (!isRecord(value)) return null;
  const { input, output, cached_input: cached } = value;
  if (!isPrice(input) || !isPrice(output)) return null;
  if (cached === undefined) return { inputPerMillion: input, outputPerMillion: output };
  if (!isPrice(cached)) return null;
  return { inputPerMillion: input, outputPerMillion: output, cachedInputPerMillion: cached };
}

function providerOf(name: string): Provider {
  if (name === 'openai' || name === 'anthropic' || name === 'google') return name;
  return name === 'gemini' ? 'google' : 'unknown';
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
