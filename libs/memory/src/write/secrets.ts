import { HeadroomError, type JsonValue } from '#libs/kernel';

/**
 * What issued keys look like, by kind; the more telling prefix stands first. Every pattern runs in linear time: no
 * quantifier overlaps with its neighbour.
 */
const SECRET_PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/],
  ['Anthropic API key', /\bsk-ant-[A-Za-z0-9_-]{16,}/],
  ['OpenRouter API key', /\bsk-or-[A-Za-z0-9_-]{16,}/],
  ['OpenAI API key', /\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}/],
  ['AWS access key id', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/],
  ['AWS secret access key', /\baws_?secret_?access_?key["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[A-Za-z0-9/+]{40}/i],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/],
  ['Slack webhook', /\bhooks\.slack\.com\/services\/T[A-Za-z0-9_]{6,}\/B[A-Za-z0-9_]{6,}\/[A-Za-z0-9_]{16,}/],
  ['Google API key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['Google OAuth token', /\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}/],
  ['Stripe key', /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{24,}/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/],
  ['SendGrid API key', /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ['Headroom API key', /\bhr_[A-Za-z0-9_-]{20,}/],
  ['JSON Web Token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['bearer token', /\bBearer[ \t]{1,8}[A-Za-z0-9._~+/-]{20,}/i],
  ['password in a URL', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,64}:[^\s:/@]{3,128}@[^\s/@]/i],
  [
    'secret in an assignment',
    /(?:api|access|secret|auth|client)[_-]?(?:key|token|secret)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[A-Za-z0-9_/+.-]{20,}/i,
  ],
];

/** The kind of the first secret that the text holds, such as `OpenAI API key`; null when it holds none. */
export function findSecret(text: string): string | null {
  return SECRET_PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/**
 * Refuses text that holds a key or a token: what is remembered is shown to models again and again.
 * @throws HeadroomError `secret_refused`, naming the field and the kind, never the secret.
 */
export function refuseSecrets(
  fields: Readonly<Record<string, JsonValue | readonly string[] | undefined>>,
): void {
  for (const [path, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const kind = findSecret(typeof value === 'string' ? value : JSON.stringify(value));
    if (kind === null) continue;
    throw new HeadroomError(
      'secret_refused',
      `${path} seems to hold a secret (${kind}); memories are shown to models, so take it out and store the rest.`,
      { kind, path },
    );
  }
}
