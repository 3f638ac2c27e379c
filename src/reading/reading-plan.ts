import { inPieces } from '../core/lines/rotated.ts';
import type { Role } from '../model/format.ts';
import type { InputFile } from '../sources/files/discover.ts';
import type { Recognised } from './recognising/recognise.ts';

/** Files in the order in which they are read when there are too many to keep all. */
export interface ReadingPlan {
  /** Kept whole: traces, leases and short logs. */
  readonly whole: readonly Recognised[];
  /** Logs of sensors on the network: they hold the violations. */
  readonly traffic: readonly Recognised[];
  /** Logs of hosts and translations: they explain them. */
  readonly hosts: readonly Recognised[];
}

/** Roles of files that grow with the training, not with its traffic. */
const ALWAYS: ReadonlySet<Role> = new Set(['inventory', 'lease', 'episode', 'tool-call', 'gpu']);
/** Logs seldom shrink further. */
const MOST_COMPRESSION = 12;
/** Deflate cannot make more of a byte. */
const MOST_DEFLATED = 1032;

/** `keepableBytes`: how much of the logs may be kept whole, the shortest first. */
export function planReading(files: readonly Recognised[], keepableBytes: number): ReadingPlan {
  const logs = inLogs(files).map((pieces) => ({ pieces, bytes: bytesOf(pieces) }));
  logs.sort((a, b) => a.bytes - b.bytes || (pathOf(a) < pathOf(b) ? -1 : 1));
  const whole: Recognised[] = [];
  const traffic: Recognised[] = [];
  const hosts: Recognised[] = [];
  let left = keepableBytes;
  for (const { pieces, bytes } of logs) {
    const [file] = pieces;
    const roles = file?.detection.format?.roles ?? [];
    if (bytes <= left || roles.every((role) => ALWAYS.has(role)) || file?.input.absolute === '-') {
      whole.push(...pieces);
      left -= bytes;
    } else (explains(roles) ? hosts : traffic).push(...pieces);
  }
  // A host sensor's own verdicts name far ends that its other records, and those of other hosts, are then kept for.
  hosts.sort((a, b) => Number(hasVerdicts(b)) - Number(hasVerdicts(a)));
  return { whole, traffic, hosts };
}

/** The pieces of logs that were rotated stand together, the oldest first. */
export function inLogs(files: readonly Recognised[]): readonly (readonly Recognised[])[] {
  return inPieces(files, ({ input, detection }) => ({ path: input.path, kind: detection.format?.id }));
}

/** The log that a file is a piece of: the path of its newest. */
export function logsOf(files: readonly Recognised[]): (path: string) => string {
  const logs = new Map<string, string>();
  for (const pieces of inLogs(files))
    for (const { input } of pieces) logs.set(input.path, pieces.at(-1)?.input.path ?? input.path);
  return (path) => logs.get(path) ?? path;
}

function pathOf({ pieces }: { readonly pieces: readonly Recognised[] }): string {
  return pieces.at(-1)?.input.path ?? '';
}

/** Bytes of all pieces of a log, see `lengthOf`. */
export function bytesOf(pieces: readonly Recognised[]): number {
  return pieces.reduce((sum, file) => sum + lengthOf(file), 0);
}

/** Bytes of a file once it is decompressed, about. */
export function lengthOf({ input }: { readonly input: InputFile }): number {
  const { path, bytes, member } = input;
  // What a damaged archive states may be anything.
  const unzipped = member?.kind === 'zip' ? Math.min(member.bytes, bytes * MOST_DEFLATED) : bytes;
  return /\.(?:gz|zst|parquet)$/i.test(path) ? unzipped * MOST_COMPRESSION : unzipped;
}

function explains(roles: readonly Role[]): boolean {
  return roles.includes('process') || (roles.includes('nat') && !roles.includes('violation'));
}

/** Whether violations of its own stand in a file. */
function hasVerdicts(file: Recognised): boolean {
  return file.detection.format?.roles.includes('violation') === true;
}
