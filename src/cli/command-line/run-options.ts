import { resolve } from 'node:path';
import { micros, parseMoment } from '../../core/time/time.ts';
import type { Micros } from '../../model/time.ts';
import type { RunOptions } from '../../pipeline.ts';
import type { ReadingFlags } from './flags.ts';
import { UsageError } from './usage-error.ts';

/** What a run is told: flags first, then the configuration. Whoever states hashes of inputs asks for them. */
export function runOptions(paths: readonly string[], flags: ReadingFlags, cwd: string): RunOptions {
  const from = flags.from === undefined ? undefined : time(flags.from, '--from');
  const to = flags.to === undefined ? undefined : time(flags.to, '--to');
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError(`--from ${flags.from} is not before --to ${flags.to}: nothing lies between them`);
  const { settings } = flags;
  return {
    paths,
    cwd: resolve(cwd),
    hashes: false,
    now: micros(Date.now() * 1000),
    forced: layered(flags.as, settings?.forced),
    zones: layered(flags.tz, settings?.zones),
    roles: layered(flags.source, settings?.roles),
    // Of offsets that name the same clock the last one counts.
    clockOffsets: new Map([...layered(flags.clockOffset, settings?.clockOffsets)].reverse()),
    importers: settings?.importers ?? [],
    ...(flags.year === undefined ? {} : { year: flags.year }),
    ...(flags.memory === undefined ? {} : { memoryBytes: flags.memory * 1e6 }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Entries in the order in which they are looked up. */
function layered<T>(flags: Record<string, T> = {}, settings: ReadonlyMap<string, T> = new Map()): Map<string, T> {
  const out = new Map(Object.entries(flags));
  for (const [source, value] of settings) if (!out.has(source)) out.set(source, value);
  return out;
}

function time(text: string, flag: string): Micros {
  const stamp = parseMoment(text);
  if (stamp === undefined)
    throw new UsageError(`${flag}: ${text} is no time; write it as 2026-11-23T17:19:11Z, or a day as 2026-11-23 (UTC)`);
  return stamp.at;
}
