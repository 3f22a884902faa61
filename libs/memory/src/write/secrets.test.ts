import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#libs/kernel';
import { findSecret, refuseSecrets } from './secrets.js';

/** Keys in the issuers' formats, put together here so that no scanner takes this file for a leak. */
const letters = (length: number): string => 'aB3dE6gH9kLmN2pQ5sT8vWxYz'.repeat(8).slice(0, length);
const hex = (length: number): string => 'a1b2c3d4e5f60789'.repeat(8).slice(0, length);
const SECRETS: readonly (readonly [string, string])[] = [
  ['OpenAI API key', `sk-proj-${letters(48)}`],
  ['OpenAI API key', `sk-${letters(48)}`],
  ['Anthropic API key', `sk-ant-api03-${letters(80)}`],
  ['AWS access key id', `AKIAABCDEFGH12345678`],
  ['AWS secret access key', `aws_secret_access_key = ${letters(40)}`],
  ['GitHub token', `ghp_${letters(36)}`],
  ['GitHub token', `github_pat_${letters(60)}`],
  ['Slack token', `xoxb-${letters(24)}`],
  ['Google API key', `AIza${letters(35)}`],
  ['Stripe key', `sk_live_${letters(24)}`],
  ['private key', `-----BEGIN RSA PRIVATE KEY-----`],
  ['private key', `-----BEGIN PRIVATE KEY-----`],
  ['JSON Web Token', `eyJ${letters(20)}.eyJ${letters(30)}.${letters(40)}`],
  ['bearer token', `Authorization: Bearer ${letters(32)}`],
  ['Headroom API key', `hr_${letters(40)}`],
  ['password in a URL', `postgres://admin:${letters(12)}@db.example.com/main`],
  ['password in a URL', `redis://:${letters(12)}@cache:6379/0`],
  ['password in a header', `Authorization: Basic ${letters(24)}==`],
  ['bearer token', 'Bearer 550e8400-e29b-41d4-a716-446655440000'],
  ['secret in an assignment', `api_key: "${letters(32)}"`],
  ['OpenAI API key', `sk-my-service-${letters(20)}T3BlbkFJ${letters(20)}`],
  ['Groq API key', `gsk_${letters(52)}`],
  ['xAI API key', `xai-${letters(80)}`],
  ['Perplexity API key', `pplx-${letters(48)}`],
  ['Replicate API token', `r8_${letters(37)}`],
  ['Azure storage key', `AccountKey=${letters(86)}==`],
  ['Twilio API key', `SK${hex(32)}`],
  ['Mailgun API key', `key-${hex(32)}`],
  ['DigitalOcean token', `dop_v1_${hex(64)}`],
  ['PyPI token', `pypi-AgEIcHlwaS5vcmc${letters(60)}`],
  ['Telegram bot token', `123456789:AA${letters(33)}`],
  ['Discord bot token', `MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${letters(27)}`],
  ['Shopify token', `shpat_${hex(32)}`],
  ['Linear API key', `lin_api_${letters(40)}`],
  ['Notion token', `ntn_${letters(46)}`],
  ['Atlassian token', `ATATT3xFfGF0${letters(60)}`],
  ['Databricks token', `dapi${hex(32)}`],
  ['Vault token', `hvs.${letters(90)}`],
  ['Doppler token', `dp.pt.${letters(43)}`],
  ['age secret key', `AGE-SECRET-KEY-1${letters(58).toUpperCase()}`],
];

describe('secrets', () => {
  it.each(SECRETS)('finds a %s', (kind, secret) => {
    expect(findSecret(`the value is ${secret}, keep it`)).toBe(kind);
  });

  it('names the field and the kind, never the secret', () => {
    const [, secret] = SECRETS[0]!;
    try {
      refuseSecrets({ content: 'harmless', metadata: { deep: [{ key: secret }] } });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'secret_refused',
        details: { kind: 'OpenAI API key', path: 'metadata' },
      });
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    }
  });

  it.each<JsonObject>([
    { note: `first line\nsk-proj-${letters(48)}` },
    { note: ['a tab', `\tghp_${letters(36)}`] },
    { api_key: letters(32) },
    { keys: { [`hf_${letters(34)}`]: true } },
  ])('finds one in any text of a value', (metadata) => {
    expect(() => {
      refuseSecrets({ metadata });
    }).toThrow(expect.objectContaining({ code: 'secret_refused' }) as Error);
  });

  it.each([
    'Uses sk-learn-based-pipeline-for-forecasting in production',
    'The branch is sk-1234-improve-search-results-page',
    'Slovak files lie in sk-SK_translation_files_directory',
    'The API expects Bearer authentication/authorization on each call',
    'Needs Bearer authentication/OAuth2 tokens',
    'api_key: process.env.OPENAI_API_KEY_PRODUCTION',
    'client_secret = settings.oauth.client_secret_value',
    'access_token: stored-in-the-macos-keychain',
    'SecretKey: config/production/secret_key_base.yml',
    'See hr_department_policy_document_v2_final',
    'The cache is redis://cache:6379/0',
    'User prefers Python and works on the sk-learn port',
    'The bearer of the ring is Frodo',
    'Password reset happens every 90 days; the API key lives in the vault',
    'commit 3eb6f2c585f5e1699204e3c3bdf7adc5c28cb376 fixed https://example.com/a:b@c',
    'mem_0199c1f0-7b1e-7c3a-9c55-2f6b8a2f9d10',
  ])('lets %j pass', (text) => {
    expect(findSecret(text)).toBeNull();
  });

  it('takes linear time on long near misses', () => {
    const nearMisses = fc.constantFrom(
      'sk-',
      'eyJa.',
      'Bearer ',
      'a://b:',
      'api_key=',
      '-----BEGIN ',
      'xoxb',
      'A',
      ' ',
    );
    fc.assert(
      fc.property(nearMisses, (near) => {
        expect(findSecret(near.repeat(20_000 / near.length))).toSatisfy(
          (kind) => kind === null || kind !== '',
        );
      }),
    );
  });
});
