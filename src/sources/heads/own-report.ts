import type { Buffer } from 'node:buffer';
import { OWN_CONFIGURATION, OWN_REPORT } from '../../core/findings/own-files.ts';

/**
 * How what this program writes begins, whatever its name: a format would take some of it for a log, and of the rest it would be said
 * that nobody can read it. Each is held to where no logged text stands, which could imitate it.
 */
const BEGINNINGS: readonly RegExp[] = [
  // -o night.csv
  /^violation,incident,verdict,probability,time,raw_time,/,
  // -o night.timesketch.csv
  /^message,datetime,timestamp_desc,timestamp,violation,incident,verdict,/,
  // -o night.timesketch.jsonl
  /^\{"message":"[^\n]*","timestamp_desc":"[^"\n]*","timestamp":\d+,"violation":"v-/,
  // --json, quarantine, --seeds, policy suggest --json
  /^\{"record":"(?:run|quarantine|seed|filter|policy)","/,
  // quarantine --format
  /^\{"framework":"(?:roll|verifiers|inspect)","/,
  /^\{"(?:without_task_index":"|_ng_task_index":[^\n]*"quarantine":"(?:flagged|affected)","verdict":)/,
  // -o night.ecs.ndjson
  /^\{"@timestamp":"[^\n]*"module":"egressblame","dataset":"egressblame\.findings"/,
  // -o night.ocsf.ndjson
  /^\{"activity_id":[^\n]*"product":\{"name":"egressblame",/,
  // egressblame events
  /^\{"@timestamp":"[^\n]*"egressblame":\{"format":"[^\n]*"kind":"/,
  // -o night.sarif
  /^\{"\$schema":"[^"\n]*\/sarif[^"\n]*","version":"2\.1\.0","runs":\[\{"tool":\{"driver":\{"name":"egressblame",/,
  // -o night.stix.json
  /^\{"type":"bundle","id":"bundle--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}","objects":\[\n/,
  // -o night.html
  /^<!doctype html>\n<html [^\n]*<title>egressblame report<\/title>/,
  // -o night.md
  /^# Network violations and their causes\n/,
  // -o night.junit.xml
  /^<\?xml [^\n]*\?>\n<testsuites name="egressblame" /,
  // --format github
  /^::(?:error|warning|notice) file=[^\n,]*,line=\d+,title=[\w-]+ \(v-[0-9a-f]+\)::/,
  // -o night.gitlab.json
  /^\[\n\{"description":"[^\n]*","check_name":"[^"\n]*","fingerprint":"v-/,
  // policy suggest -o
  /^(?:#!\/usr\/sbin\/nft -f\n)?# Written by: egressblame policy suggest /,
  /^\{\n {2}"(?:remarks|\/\/)": \[\n {4}"Written by: egressblame policy suggest /,
  // members of -o bundle.zip
  /^Evidence behind an egressblame report\.\n/,
  /^\{"path":"[^\n]*","line":\d+,"offset":\d+,"bytes":\d+,"sha256":"[0-9a-f]{64}","copy":"/,
  /^\{\n {2}"(?:tool": "egressblame|bundle": "egressblame-evidence)",/,
  // baseline update
  /^\{\n {2}"version": 1,\n {2}"entries": (?:\[\]|\[\n {4}\{\n {6}"fingerprint": "f-)/,
];

/** As `config/find.ts` looks for it: it says how logs are read, and holds none. */
const CONFIGURATION = /(?:^|\/)egressblame\.config\.(?:json|ya?ml)$/;

export function ownConfiguration(path: string): string | undefined {
  return CONFIGURATION.test(path) ? OWN_CONFIGURATION : undefined;
}

/** The first line is longer only where a command is, and ours are cut. */
const MOST_BYTES = 16_384;

/** What to say of a file that this program wrote: read as a log it would count each record twice, or blame for its own words. */
export function ownReport(head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, MOST_BYTES);
  return BEGINNINGS.some((beginning) => beginning.test(text)) ? OWN_REPORT : undefined;
}
