/** Exit codes; scripts rely on them (docs/json.md). */
export const EXIT = {
  clean: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  unverified: 4,
  internal: 70,
} as const;
