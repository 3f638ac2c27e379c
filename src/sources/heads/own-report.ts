import type { Buffer } from 'node:buffer';

const SAYS = 'written by egressblame from other records: no evidence of its own (--as FORMAT=PATH reads it)';

/** How what this program writes begins, where a format would take it for a log. Each is held to the first line, which no logged text can imitate: its quotes are escaped. */
const BEGINNINGS: readonly RegExp[] = [
  // -o night.csv
  /^violation,incident,verdict,probability,time,raw_time,/,
  // --json, quarantine, --seeds
  /^\{"record":"(?:run|quarantine|seed|filter)","/,
  // -o night.ecs.ndjson
  /^\{"@timestamp":"[^\n]*"module":"egressblame","dataset":"egressblame\.findings"/,
  // -o night.ocsf.ndjson
  /^\{"activity_id":[^\n]*"product":\{"name":"egressblame",/,
  // egressblame events
  /^\{"@timestamp":"[^\n]*"egressblame":\{"format":"[^\n]*"kind":"/,
];

/** The first line is longer only where a command is, and ours are cut. */
const MOST_BYTES = 16_384;

/** What to say of a file that this program wrote: read as a log it would count each record twice, or blame for its own words. */
export function ownReport(head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, MOST_BYTES);
  return BEGINNINGS.some((beginning) => beginning.test(text)) ? SAYS : undefined;
}
