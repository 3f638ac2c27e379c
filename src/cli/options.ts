import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { micros, parseIso } from '../core/time.ts';
import { SEVERITIES, type Severity } from '../model/violation.ts';
import type { RunOptions } from '../pipeline.ts';

/** What the command line gives, before it becomes a run. */
export interface CommonFlags {
  readonly as?: Record<string, string>;
  readonly tz?: Record<string, number>;
  readonly clockOffset?: Record<string, number>;
  readonly year?: number;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
  readonly redact: boolean;
  readonly failOn: FailOn;
  readonly minSeverity?: Severity;
  readonly minCoverage?: number;
  readonly output?: readonly string[];
  readonly format?: string;
}

/** The flags of reading and showing, without those of gates and outputs. */
export type ReadingFlags = Omit<CommonFlags, 'failOn' | 'minSeverity' | 'minCoverage' | 'output' | 'format'>;

export const FAIL_ON = ['proven', 'likely', 'ambiguous', 'any', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

export function inputOptions(): readonly Option[] {
  return [
    new Option('--as <FORMAT=PATH>', 'read PATH as FORMAT (repeatable)').argParser(collectPairs),
    new Option('--tz <SOURCE=ZONE>', 'zone of stamps without one, as +08:00 or UTC (repeatable)').argParser(
      collectZones,
    ),
    new Option(
      '--clock-offset <SOURCE=SECONDS>',
      "how far ahead a source's clock is, as fw=+2.3s (repeatable)",
    ).argParser(collectOffsets),
    new Option('--year <YEAR>', 'latest year for stamps without one').argParser(Number),
    new Option('--from <TIME>', 'ignore violations before this ISO time'),
    new Option('--to <TIME>', 'ignore violations from this ISO time on'),
  ];
}

export function outputOptions(): readonly Option[] {
  return [
    new Option('--json', 'newline-delimited JSON records'),
    new Option('-q, --quiet', 'print nothing but errors'),
    new Option('-v, --verbose', 'list every input'),
    new Option('--color <WHEN>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    new Option('--no-redact', 'keep secrets in the output'),
  ];
}

export function fileOptions(): readonly Option[] {
  return [
    new Option(
      '-o, --output <FILE>',
      'write a report too; the name says how: .html .md .sarif .csv ... (repeatable)',
    ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    new Option('--format <ID>', 'format of -o where the name does not say; without -o it goes to the output'),
  ];
}

export function gateOptions(): readonly Option[] {
  return [
    new Option('--fail-on <VERDICT>', 'exit 1 when a violation reaches this verdict')
      .choices(FAIL_ON)
      .default('likely'),
    new Option('--min-severity <LEVEL>', 'lowest severity that counts for --fail-on').choices(SEVERITIES),
    new Option(
      '--min-coverage <SHARE>',
      'below this share of readable records the answer is "cannot say" (exit 3)',
    ).argParser(share),
  ];
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('expected a number from 0 to 1, as 0.95');
  return value;
}

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('expected NAME=VALUE');
  return [text.slice(0, at), text.slice(at + 1)];
}

function collectPairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [format, path] = split(text);
  return { ...before, [path]: format };
}

function collectZones(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [source, zone] = split(text);
  return { ...before, [source]: zoneMinutes(zone) };
}

function collectOffsets(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [source, offset] = split(text);
  const match = /^([+-]?\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(offset);
  if (match === null) throw new InvalidArgumentError('expected seconds, as +2.3s or -450ms');
  const unit = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }[match[2] ?? 's'] ?? 1_000_000;
  return { ...before, [source]: Number(match[1]) * unit };
}

function zoneMinutes(zone: string): number {
  if (/^(?:UTC|Z|GMT)$/i.test(zone)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match === null) throw new InvalidArgumentError('expected an offset as +08:00, or UTC');
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

export function runOptions(paths: readonly string[], flags: ReadingFlags, cwd: string): RunOptions {
  const from = flags.from === undefined ? undefined : time(flags.from, '--from');
  const to = flags.to === undefined ? undefined : time(flags.to, '--to');
  return {
    paths,
    cwd: resolve(cwd),
    now: micros(Date.now() * 1000),
    forced: new Map(Object.entries(flags.as ?? {})),
    zones: new Map(Object.entries(flags.tz ?? {})),
    clockOffsets: new Map(Object.entries(flags.clockOffset ?? {})),
    ...(flags.year === undefined ? {} : { year: flags.year }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

export class UsageError extends Error {}

function time(text: string, flag: string) {
  const stamp = parseIso(text);
  if (stamp === undefined) throw new UsageError(`${flag}: ${text} is no time; write it as 2026-11-23T17:19:11Z`);
  return stamp.at;
}
