/** A finding that somebody answers for until a day, so that a gate lets it pass. */
export interface BaselineEntry {
  /** `f-` and 16 hex digits, see `core/findings/fingerprint.ts`. */
  readonly fingerprint: string;
  /** What was accepted, for the reader of a diff; matched by the fingerprint alone. */
  readonly category: string;
  readonly rule: string;
  readonly destination: string;
  readonly cause: string;
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it counts, UTC, `YYYY-MM-DD`. */
  readonly expires: string;
}

/** What a baseline did to one report. */
export interface BaselineUse {
  readonly path: string;
  readonly entries: number;
  /** Violations that an entry accepts. */
  readonly accepted: number;
  /** Entries past their day: they accept nothing and fail the gate. */
  readonly expired: readonly BaselineEntry[];
  /** Entries that no violation of this run matches. */
  readonly unused: number;
}
