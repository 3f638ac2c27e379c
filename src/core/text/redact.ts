import { remembered } from './remembered.ts';

const MASK = '[redacted]';

/** Shapes of secrets; what evidence needs (hosts, ports, paths, user names) stays. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/\b(authorization\\*["']?\s*[:=]\s*\\*["']?(?:bearer\s|basic\s|token\s)?\s*)[^\s'",;\\]{6,}/gi, `$1${MASK}`],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{12,}/gi, `$1${MASK}`],
  [
    // The name may be the tail of a variable (AWS_SECRET_ACCESS_KEY); quotes may be escaped: JSON inside JSON is common.
    /(?<![a-z0-9])((?:api[_-]?key|access[_-]?key(?:[_-]?id)?|secret(?:[_-]?access)?[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token|session[_-]?token|password|passwd|pwd)(?:\\*["'])?\s*[:=]\s*\\*["']?)[^\s'"&,;\\]{4,}/gi,
    `$1${MASK}`,
  ],
  [/(\s--?(?:password|passwd|token|api-key|secret)[ =])[^\s'"\\]{4,}/gi, `$1${MASK}`],
  [/(\bsshpass\s+-p\s*|\bcurl\b[^\n]{0,200}?\s(?:-u|--user)\s+[^\s:'"]{1,64}:)[^\s'"\\]{3,}/g, `$1${MASK}`],
  [/\b((?:[a-z][a-z0-9+.-]*):\/\/[^\s/:@]{1,64}:)[^\s/@]{1,200}(@)/gi, `$1${MASK}$2`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  [/\bLTAI[A-Za-z0-9]{12,24}\b/g, MASK],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{18,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|AIza[0-9A-Za-z_-]{35})\b/g,
    MASK,
  ],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g, MASK],
];

/** Any secret has one of these in or before it: of tens of thousands of texts that reports make hardly any has. Case by case, as a flag for it is slow. */
const SIGNS =
  /-----BEGIN|[Aa][Uu][Tt][Hh]|[Bb][Ee][Aa][Rr]|[Kk][Ee][Yy]|[Ss][Ee][Cc][Rr]|[Tt][Oo][Kk]|[Pp][Aa][Ss][Ss]|[Pp][Ww][Dd]|curl|:\/\/|AKIA|ASIA|LTAI|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|hf_|npm_|AIza|eyJ/;

/** Takes tokens, keys, passwords and cloud credentials out of a text. */
export function redact(text: string): string {
  return SIGNS.test(text) ? redactedOnce(text) : text;
}

/** The same by all rules, whatever the text. */
export function redactByRules(text: string): string {
  let out = text;
  for (const [pattern, replacement] of RULES) out = out.replace(pattern, replacement);
  return out;
}

/** Reports say the same of many violations. */
const redactedOnce = remembered(redactByRules);
