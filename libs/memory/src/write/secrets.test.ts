import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecret, refuseSecrets } from './secrets.js';

/** Keys in the issuers' formats, put together here so that no scanner takes this file for a leak. */
const letters = (length: number): string => 'aB3dE6gH9kLmN2pQ5sT8vWxYz'.repeat(8).slice(0, length);
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
  ['secret in an assignment', `api_key: "${letters(32)}"`],
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

  it.each([
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
