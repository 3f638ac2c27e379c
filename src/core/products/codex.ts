const REFUSED =
  /rejected by (?:the )?user|rejected by user|approval (?:was )?denied|command was not (?:approved|executed)|approval required by policy|(?:^|` )rejected: |^approval policy is [^;]{1,200}; reject command|rejected due to unacceptable risk|^failed to parse function arguments|^unsupported call/i;

/** What Codex answers in place of a result: the user, a rule, a review or the program itself said no. */
export function isRefusedByCodex(text: string): boolean {
  return REFUSED.test(text.slice(0, 500));
}
