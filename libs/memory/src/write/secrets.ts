import { HeadroomError, type JsonValue } from '#libs/kernel';

interface SecretPattern {
  readonly kind: string;
  /** Its first group, where it has one, is the secret itself. */
  readonly pattern: RegExp;
  /** What stands before the secret tells too little: it must look drawn by lot, as no name or path does. */
  readonly isWeak?: boolean;
}

/**
 * What issued keys look like, by kind; the more telling prefix stands first. Every pattern runs in linear time: no
 * quantifier overlaps with its neighbour.
 */
const SECRET_PATTERNS: readonly SecretPattern[] = [
  { kind: 'private key', pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g },
  { kind: 'age secret key', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{58}/g },
  { kind: 'Anthropic API key', pattern: /\bsk-ant-[A-Za-z0-9_-]{16,}/g },
  { kind: 'OpenRouter API key', pattern: /\bsk-or-[A-Za-z0-9_-]{16,}/g },
  {
    kind: 'OpenAI API key',
    pattern:
      /\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})|T3BlbkFJ[A-Za-z0-9_-]{20,}/g,
  },
  { kind: 'Groq API key', pattern: /\bgsk_[A-Za-z0-9]{40,}/g },
  { kind: 'xAI API key', pattern: /\bxai-[A-Za-z0-9]{40,}/g },
  { kind: 'Perplexity API key', pattern: /\bpplx-[A-Za-z0-9]{40,}/g },
  { kind: 'Replicate API token', pattern: /\br8_[A-Za-z0-9]{36,}/g },
  { kind: 'AWS access key id', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  {
    kind: 'AWS secret access key',
    pattern: /\baws_?secret_?access_?key["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[A-Za-z0-9/+]{40}/gi,
  },
  { kind: 'Azure storage key', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/g },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/g },
  { kind: 'GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,}/g },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/g },
  {
    kind: 'Slack webhook',
    pattern: /\bhooks\.slack\.com\/services\/T[A-Za-z0-9_]{6,}\/B[A-Za-z0-9_]{6,}\/[A-Za-z0-9_]{16,}/g,
  },
  {
    kind: 'Discord bot token',
    pattern: /\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/g,
    isWeak: true,
  },
  { kind: 'Telegram bot token', pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}/g },
  { kind: 'Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: 'Google OAuth token', pattern: /\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}/g },
  { kind: 'Stripe key', pattern: /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{24,}/g },
  { kind: 'Shopify token', pattern: /\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}/g },
  { kind: 'Twilio API key', pattern: /\bSK[0-9a-f]{32}\b/g },
  { kind: 'Mailgun API key', pattern: /\bkey-[0-9a-f]{32}\b/g },
  { kind: 'SendGrid API key', pattern: /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'PyPI token', pattern: /\bpypi-AgE[A-Za-z0-9_-]{40,}/g },
  { kind: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{30,}/g },
  { kind: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[a-f0-9]{64}/g },
  { kind: 'Databricks token', pattern: /\bdapi[a-f0-9]{32}/g },
  { kind: 'Vault token', pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{24,}/g },
  { kind: 'Doppler token', pattern: /\bdp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,}/g },
  { kind: 'Atlassian token', pattern: /\bATATT3[A-Za-z0-9_=-]{50,}/g },
  { kind: 'Linear API key', pattern: /\blin_api_[A-Za-z0-9]{32,}/g },
  { kind: 'Notion token', pattern: /\bntn_[A-Za-z0-9]{40,}|\bsecret_[A-Za-z0-9]{43}\b/g },
  { kind: 'Headroom API key', pattern: /\bhr_[A-Za-z0-9_-]{40,}/g },
  { kind: 'JSON Web Token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { kind: 'bearer token', pattern: /\bBearer[ \t]{1,8}([A-Za-z0-9._~+/-]{20,})/gi, isWeak: true },
  { kind: 'password in a header', pattern: /\bAuthorization["']?: ?["']?Basic ([A-Za-z0-9+/]{16,}={0,2})/gi },
  {
    kind: 'password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,64}:[^\s:/@]{3,128}@[^\s/@]/gi,
  },
  {
    kind: 'secret in an assignment',
    pattern:
      /(?:api|access|secret|auth|client)[_-]?(?:key|token|secret)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([A-Za-z0-9_/+.-]{20,})/gi,
    isWeak: true,
  },
];

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;
const LONGEST_WORD = 10;

/** The kind of the first secret that the text holds, such as `OpenAI API key`; null when it holds none. */
export function findSecret(text: string): string | null {
  return SECRET_PATTERNS.find((pattern) => isIn(text, pattern))?.kind ?? null;
}

/** {@link findSecret} in all texts of a value; a member's name tells what its text is. */
export function findSecretIn(value: JsonValue | readonly string[]): string | null {
  return findSecret([...linesOf(value)].join('\n'));
}

/** No pattern reaches over the end of a line. */
function* linesOf(value: JsonValue | readonly string[], name = ''): Generator<string> {
  if (typeof value === 'string') {
    yield name === '' ? value : `${name}: ${value}`;
  } else if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) yield* linesOf(item, name);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item !== 'string') yield key;
      yield* linesOf(item, key);
    }
  }
}

function isIn(text: string, { pattern, isWeak = false }: SecretPattern): boolean {
  if (!isWeak) return text.search(pattern) !== -1;
  return [...text.matchAll(pattern)].some(([whole, secret = whole]) => looksDrawn(secret));
}

/** Letters and digits mixed at a length that no word has. */
function looksDrawn(text: string): boolean {
  if (UUID.test(text)) return true;
  return text
    .split(/[^A-Za-z0-9]+/)
    .some((part) => part.length >= LONGEST_WORD && /[A-Za-z]/.test(part) && /\d.*\d/.test(part));
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
    const kind = findSecretIn(value);
    if (kind === null) continue;
    throw new HeadroomError(
      'secret_refused',
      `${path} seems to hold a secret (${kind}); memories are shown to models, so take it out and store the rest.`,
      { kind, path },
    );
  }
}
