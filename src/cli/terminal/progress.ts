import { thousands } from '../../core/findings/findings.ts';
import { clipColumns } from '../../core/text/display-width.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Progress } from '../../model/run-options.ts';
import type { Finding, ViolatingEvent } from '../../model/violation.ts';

const EVERY_MS = 200;
/** More lines than this would scroll the first ones away. */
const MOST_LINES = 12;
/** Before, a rate tells nothing. */
const FIRST_ESTIMATE_S = 2;
const CLEAR = '\r\u001b[K';

/** What a run tells while it reads. */
export interface Watching {
  readonly onProgress: (progress: Progress) => void;
  readonly onFinding: (event: ViolatingEvent, finding: Finding) => void;
  readonly done: () => void;
}

/** Lines on stderr: bytes, rate and time left, and what was found so far. Nothing when stderr is no terminal that can take a line back. */
export function watchReading(quiet: boolean): Watching {
  if (quiet || process.stderr.isTTY !== true || process.env['TERM'] === 'dumb')
    return { onProgress: () => undefined, onFinding: () => undefined, done: () => undefined };
  const started = performance.now();
  const seen = new Map<string, number>();
  let records = 0;
  let last = 0;
  let stage: Progress['stage'] | undefined;
  let shown = false;
  const write = (text: string): void => {
    process.stderr.write(`${CLEAR}${text}`);
    shown = true;
  };
  return {
    onProgress: (progress) => {
      const now = performance.now();
      // What begins may hold everything for long: it is told at once.
      if (now - last < EVERY_MS && progress.stage === stage) return;
      last = now;
      stage = progress.stage;
      const found = records === 0 || stage === 'answering' ? '' : `; ${foundSoFar(records, seen.size)}`;
      // A line that the terminal breaks cannot be taken back.
      write(clipColumns(`${stageOf(progress, (now - started) / 1000)}${found}`, (process.stderr.columns || 80) - 1));
    },
    onFinding: (event, finding) => {
      records++;
      const place = `${finding.category} ${placeOf(event)}`;
      const count = seen.get(place) ?? 0;
      seen.set(place, count + 1);
      if (count > 0 || seen.size > MOST_LINES) return;
      write(
        `${finding.category}  ${escapeTerminal(placeOf(event))}  ${escapeTerminal(`${event.ref.source}:${event.ref.line}`)}\n`,
      );
      if (seen.size === MOST_LINES) write('more places are counted below\n');
    },
    done: () => {
      if (shown) process.stderr.write(CLEAR);
    },
  };
}

/** A reading whose progress a terminal shows, and no findings: for commands that are asked for something else. */
export async function withProgress<T>(
  flags: { readonly quiet?: boolean; readonly json?: boolean },
  read: (onProgress: Watching['onProgress']) => Promise<T>,
): Promise<T> {
  const { onProgress, done } = watchReading(flags.quiet === true || flags.json === true);
  try {
    return await read(onProgress);
  } finally {
    done();
  }
}

function foundSoFar(records: number, places: number): string {
  return `${thousands(records)} violating records to ${thousands(places)} places so far`;
}

function stageOf(progress: Progress, seconds: number): string {
  switch (progress.stage) {
    case 'unpacking':
      return `unpacking: ${mega(progress.bytes)} MB of ${escapeTerminal(progress.path)}`;
    case 'reading':
      return rateOf(progress, seconds);
    case 'reading-again':
      return `${thousands(progress.lines)} lines of ${escapeTerminal(progress.path)} read again`;
    case 'answering':
      return weighedOf(progress);
  }
}

type At<Stage extends Progress['stage']> = Extract<Progress, { readonly stage: Stage }>;

function weighedOf({ weighed, violations }: At<'answering'>): string {
  if (violations === undefined) return 'all read; clocks and records are put together';
  return `all read; ${thousands(weighed)} of ${thousands(violations)} violations weighed`;
}

function rateOf({ readBytes, totalBytes }: At<'reading'>, seconds: number): string {
  const rate = readBytes / seconds;
  const left = Math.max(0, (totalBytes - readBytes) / rate);
  const estimate = seconds < FIRST_ESTIMATE_S || rate === 0 ? '' : `, ${left.toFixed(0)} s left`;
  return `${mega(readBytes)} of ${mega(totalBytes)} MB read, ${mega(rate)} MB/s${estimate}`;
}

/** Where the traffic was to go. */
function placeOf(event: ViolatingEvent): string {
  if (event.kind === 'dns') return event.name;
  if (event.kind === 'process') return endpoint(event.socket?.remote) ?? event.dnsName ?? 'no address';
  return event.dns?.name ?? event.http?.host ?? endpoint(serverOf(event)) ?? 'no address';
}

function serverOf(event: NetworkEvent) {
  return event.initiator === 'dst' ? event.src : event.dst;
}

function endpoint(
  side: { readonly ip?: string; readonly port?: number; readonly domain?: string } | undefined,
): string | undefined {
  const host = side?.domain ?? side?.ip;
  if (host === undefined) return undefined;
  return side?.port === undefined ? host : `${host}:${side.port}`;
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
