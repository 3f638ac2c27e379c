import { isAbsolute, resolve } from 'node:path';
import { statedZone } from '../core/time/named-zones.ts';
import { durationUs } from '../core/time/units.ts';
import type { Role } from '../model/format.ts';
import type { ImporterSpec } from '../model/importer.ts';
import { checkDocument } from './document.ts';
import { type Config, configSchema } from './schema.ts';

/** A configuration ready for use: units read, paths made absolute. */
export interface Settings extends Pick<Config, 'year' | 'failOn' | 'minSeverity' | 'minCoverage' | 'redact'> {
  readonly path: string;
  readonly forced: ReadonlyMap<string, string>;
  readonly zones: ReadonlyMap<string, number>;
  readonly clockOffsets: ReadonlyMap<string, number>;
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  readonly baseline: string | undefined;
  readonly outputs: readonly string[];
  readonly importers: readonly ImporterSpec[];
}

/** Reads the text of a configuration; a list of faults when it does not fit. `folder` is where its paths start. */
export function readSettings(path: string, text: string, folder: string): Settings | readonly string[] {
  const checked = checkDocument(path, text, configSchema);
  if (!checked.ok) return checked.faults;
  const { sources = {}, baseline, outputs = [], importers = [], ...rest } = checked.value;
  const entries = Object.entries(sources);
  const absolute = (name: string): string => (isAbsolute(name) || name === '-' ? name : resolve(folder, name));
  return {
    ...rest,
    path,
    forced: new Map(entries.flatMap(([name, { as }]) => (as === undefined ? [] : [[name, as]]))),
    zones: new Map(entries.flatMap(([name, { tz }]) => readEntry(name, tz, minutesOf))),
    clockOffsets: new Map(entries.flatMap(([name, { clockOffset }]) => readEntry(name, clockOffset, durationUs))),
    roles: new Map(
      entries.flatMap(([name, { role }]) =>
        role === undefined ? [] : [[name, typeof role === 'string' ? [role] : role]],
      ),
    ),
    baseline: baseline === undefined ? undefined : absolute(baseline),
    outputs: outputs.map((name) => outputFrom(name, absolute)),
    importers: importers.map(specOf),
  };
}

/** The schema has refused what is no zone. */
function minutesOf(zone: string): number | undefined {
  const minutes = statedZone(zone);
  return typeof minutes === 'string' ? undefined : minutes;
}

function readEntry(
  name: string,
  text: string | undefined,
  read: (text: string) => number | undefined,
): readonly (readonly [string, number])[] {
  const value = text === undefined ? undefined : read(text);
  return value === undefined ? [] : [[name, value]];
}

/** `sarif=report.json` names its format, as -o does. */
function outputFrom(name: string, absolute: (name: string) => string): string {
  const [, format, file] = /^([a-z0-9-]+)=(.+)$/.exec(name) ?? [];
  return format === undefined || file === undefined ? absolute(name) : `${format}=${absolute(file)}`;
}

function specOf({ name, match, kind, fields, zone }: NonNullable<Config['importers']>[number]): ImporterSpec {
  const { timeUnit, ...mapped } = fields;
  const zoneOffsetMin = zone === undefined ? undefined : minutesOf(zone);
  return {
    name: name ?? `mapped-${kind}`,
    match,
    kind,
    fields: Object.fromEntries(
      Object.entries(mapped).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    ...(timeUnit === undefined ? {} : { timeUnit }),
    ...(zoneOffsetMin === undefined ? {} : { zoneOffsetMin }),
  };
}
