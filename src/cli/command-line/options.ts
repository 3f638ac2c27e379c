import { type Command, InvalidArgumentError, Option } from 'commander';
import { statedZone } from '../../core/time/named-zones.ts';
import { durationUs, megabytesOf } from '../../core/time/units.ts';
import { ROLES, type Role } from '../../model/format.ts';
import { FAIL_ON } from '../../model/report.ts';
import { SEVERITIES } from '../../model/violation.ts';
import { DEFAULT_MEMORY_BYTES } from '../../reading/store/budget.ts';

export const DEFAULT_MEMORY_MB = DEFAULT_MEMORY_BYTES / 1e6;
/** Share of the records read, 0..1. */
export const DEFAULT_MIN_COVERAGE = 0.9;

export function inputOptions(): readonly Option[] {
  return [
    new Option('--as <FORMAT=PATH>', 'read PATH as FORMAT (repeatable)').argParser(collectPairs),
    new Option(
      '--tz <SOURCE=ZONE>',
      'zone of stamps without one, as +08:00, UTC or Asia/Shanghai (repeatable)',
    ).argParser(collectZones),
    new Option(
      '--clock-offset <SOURCE=SECONDS>',
      "how far ahead a source's clock is, as fw=+2.3s (repeatable)",
    ).argParser(collectOffsets),
    new Option('--source <ROLE=PATH>', 'PATH holds ROLE records; not clean without them (repeatable)').argParser(
      collectRoles,
    ),
    new Option('--year <YEAR>', 'latest year for stamps without one').env('EGRESSBLAME_YEAR').argParser(year),
    new Option(
      '--memory <MB>',
      'memory to aim for, as 512 or 2GB; of longer logs only what bears on a violation is kept',
    )
      .argParser(megabytes)
      .default(DEFAULT_MEMORY_MB),
    new Option('--from <TIME>', 'ignore violations before this ISO time or day, UTC unless it says'),
    new Option('--to <TIME>', 'ignore violations from this ISO time or day on'),
    new Option('--config <FILE>', 'configuration; default: egressblame.config.{json,yaml}, here or above').env(
      'EGRESSBLAME_CONFIG',
    ),
    new Option('--no-config', 'read no configuration file'),
  ].map((option) => option.helpGroup('What is read, and how:'));
}

export function outputOptions(): readonly Option[] {
  return [
    new Option('--json', 'newline-delimited JSON records'),
    new Option('-q, --quiet', 'print nothing but errors'),
    new Option('-v, --verbose', 'list every input'),
    new Option('--color <WHEN>', 'colour the output')
      .choices(['auto', 'always', 'never'])
      .env('EGRESSBLAME_COLOR')
      .default('auto'),
    new Option('--no-color', 'the same as --color never'),
    new Option('--no-redact', 'keep secrets in the output'),
  ].map((option) => option.helpGroup('Output:'));
}

export function fileOptions(): readonly Option[] {
  return [
    new Option(
      '-o, --output <FILE>',
      'write a report too; the name says how: .html .md .sarif .csv ... (repeatable)',
    ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    new Option(
      '--compare <FILE>',
      'the --json output of an earlier night: says which incidents were seen before (repeatable)',
    ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    new Option('--format <ID>', 'format of -o where the name does not say; without -o it goes to the output'),
  ].map((option) => option.helpGroup('Reports:'));
}

export function gateOptions(): readonly Option[] {
  return [
    new Option('--fail-on <VERDICT>', 'exit 1 when a violation reaches this verdict')
      .choices(FAIL_ON)
      .env('EGRESSBLAME_FAIL_ON')
      .default('likely'),
    minSeverityOption(),
    new Option('--min-coverage <SHARE>', 'below this share of readable records the answer is "cannot say" (exit 3)')
      .env('EGRESSBLAME_MIN_COVERAGE')
      .argParser(share)
      .default(DEFAULT_MIN_COVERAGE),
    baselineOption(),
  ].map((option) => option.helpGroup('Exit code:'));
}

export function minSeverityOption(): Option {
  return new Option('--min-severity <LEVEL>', 'lowest severity that counts')
    .choices(SEVERITIES)
    .env('EGRESSBLAME_MIN_SEVERITY');
}

export function baselineOption(): Option {
  return new Option('--baseline <FILE>', 'findings that are accepted until a day (egressblame baseline)').env(
    'EGRESSBLAME_BASELINE',
  );
}

export function withOptions(command: Command, ...lists: readonly (readonly Option[])[]): Command {
  for (const list of lists) for (const option of list) command.addOption(option);
  return command;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('expected a number from 0 to 1, as 0.95');
  return value;
}

export function whole(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('expected a whole number, as 7');
  return Number(text);
}

export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected seconds, as 5');
  return value;
}

function megabytes(text: string): number {
  const value = megabytesOf(text);
  if (value === undefined) throw new InvalidArgumentError('expected megabytes, as 512, or a size, as 2GB');
  return value;
}

function split(text: string, form: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`expected ${form}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function collectPairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [format, path] = split(text, 'FORMAT=PATH, as cef=export.txt');
  return { ...before, [path]: format };
}

function collectZones(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [source, zone] = split(text, 'SOURCE=ZONE, as fw/eve.json=+08:00');
  const minutes = statedZone(zone);
  if (typeof minutes === 'string') throw new InvalidArgumentError(minutes);
  return { ...before, [source]: minutes };
}

function collectOffsets(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [source, offset] = split(text, 'SOURCE=SECONDS, as fw=+2.3s');
  const us = durationUs(offset);
  if (us === undefined) throw new InvalidArgumentError('expected seconds, as +2.3s or -450ms');
  return { ...before, [source]: us };
}

function collectRoles(text: string, before: Record<string, readonly Role[]> = {}): Record<string, readonly Role[]> {
  const [word, source] = split(text, 'ROLE=PATH, as violation=fw/eve.json');
  const role = ROLES.find((known) => known === word);
  if (role === undefined) throw new InvalidArgumentError(`expected ROLE=PATH, the role one of ${ROLES.join(', ')}`);
  return { ...before, [source]: [...(before[source] ?? []), role] };
}

function year(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1970 || value > 9999)
    throw new InvalidArgumentError('expected a year, as 2026');
  return value;
}
