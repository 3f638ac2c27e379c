/** Exit codes; scripts rely on them (docs/json.md). */
export const EXIT = {
  clean: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  unverified: 4,
  internal: 70,
  /** A second Ctrl-C: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
} as const;
