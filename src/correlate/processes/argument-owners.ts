import { shellScript } from '../../core/tools/arguments.ts';
import { isOnlySaid } from '../../core/tools/offline.ts';
import type { Micros } from '../../model/time.ts';
import type { Trail } from '../trail/walk.ts';
import type { Lineage } from './lineage.ts';
import { CONNECT_WINDOW_US, compatible, type Owner } from './owner.ts';
import type { Exec, Process } from './process.ts';
import type { ProcessTable } from './processes.ts';

const EXEC_LIFE_US = 30_000_000;

/** Processes alive then whose own arguments name the destination: pings, resolvers, tools whose connect no sensor saw. */
export function argumentOwners(
  trail: Trail,
  sandboxes: ReadonlySet<string> | undefined,
  processes: ProcessTable,
  lineage: Lineage,
): readonly Owner[] {
  const words = placesOf(trail);
  if (words.length === 0) return [];
  const out: Owner[] = [];
  const hosts = trail.host === undefined ? processes.hostNames() : [trail.host];
  for (const host of hosts) {
    for (const process of processes.aliveAround(
      host,
      (trail.begun - EXEC_LIFE_US) as Micros,
      (trail.begun + CONNECT_WINDOW_US + trail.errorUs) as Micros,
    )) {
      const exec = process.execs.find(
        (e) =>
          e.at <= trail.begun + CONNECT_WINDOW_US + trail.errorUs &&
          words.some((word) => containsWord(e.text, word) && !onlySays(e, word)),
      );
      if (
        exec === undefined ||
        (process.exited !== undefined && process.exited < trail.begun - CONNECT_WINDOW_US - trail.errorUs)
      )
        continue;
      const origin = lineage.origin(process);
      if (!compatible(origin, sandboxes)) continue;
      if (origin.platform !== undefined && connectedThen(process, trail, processes)) continue;
      out.push({
        process,
        origin,
        how: 'exec-arguments',
        distanceUs: Math.max(0, trail.begun - exec.at),
        isFirm: false,
        ref: exec.ref,
      });
    }
  }
  return out;
}

/** Looking for an address, or printing it, opens no flow to it. */
function onlySays({ args, text }: Exec, word: string): boolean {
  const script = shellScript({ args, commandLine: text }) ?? args?.map(quoted).join(' ') ?? text;
  return isOnlySaid(script, (part) => containsWord(part, word));
}

/** As a shell reads it as one word. */
function quoted(arg: string): string {
  return `'${arg.replaceAll("'", "'\\''")}'`;
}

/** Whether a command names where the flow went. */
export function namesPlace(text: string, trail: Trail): boolean {
  return placesOf(trail).some((word) => containsWord(text, word));
}

function placesOf({ dstIps, domains }: Trail): readonly string[] {
  return [...dstIps, ...domains].filter((word) => word.length > 3);
}

/** The host's own processes connect again and again: of one whose connects are on record this is none, or it would be there. */
function connectedThen(process: Process, { tuples, begun }: Trail, processes: ProcessTable): boolean {
  const stretch = { from: begun - EXEC_LIFE_US, to: begun + EXEC_LIFE_US };
  return tuples.some(({ dstIp, dstPort }) =>
    processes.sockets
      .connectsTo(process.host, dstIp, dstPort, stretch)
      .some((socket) => socket.process === process && Math.abs(socket.at - begun) <= EXEC_LIFE_US),
  );
}

function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (
      !/[\w-]/.test(before) &&
      !/[\w-]/.test(after) &&
      !(after === '.' && /[\w]/.test(text[at + word.length + 1] ?? ' '))
    )
      return true;
  }
  return false;
}
