import type { Event } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { compact, textOf, tryJson } from '../json/json.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime } from '../time/time.ts';
import { callEvent, completionCalls, idEpoch, type ModelCall } from '../tools/model-calls.ts';
import { wordTable } from '../word-table.ts';

/** One command that ROCK ran in a shell session of a sandbox. */
export interface SessionCommand {
  readonly command: string;
  readonly stamp: Stamp;
  readonly rawTime: string;
  readonly ref: SourceRef;
  readonly format: string;
  readonly clock: string;
  readonly trust: 'outside' | 'agent-writable';
  readonly sandboxId: string | undefined;
  /** Number of calls read before, for their order. */
  readonly index: number;
}

const ESCAPES = wordTable<string>({ n: '\n', t: '\t', r: '\r' });
const DELIVERY = /anti-call-llm\s+--index\s+(\d+)\s+--response\s/;
const HOUSEKEEPING =
  /^(?:kill -0 \d+|(?:cat|rm -f|head -c \d+) \/tmp\/tmp_\d+\.out|stat -c %s \/tmp\/tmp_\d+\.out 2>\/dev\/null \|\| stat -f %z \/tmp\/tmp_\d+\.out)\s*$/;

/** Whether a command only polls or fetches the output of an earlier one. */
export function isHousekeeping(command: string): boolean {
  return HOUSEKEEPING.test(command);
}

/** A command as JSON gives it: a line for a shell, or the words of one without. */
export function commandText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const words = value.filter((word) => typeof word === 'string');
  return words.length > 0 && words.length === value.length ? words.join(' ') : undefined;
}

/** A command as Python prints it: as it is, or a list of words in quotes. */
export function printedCommand(text: string): string {
  const words = /^\[['"]/.test(text) ? printedWords(text.trimEnd()) : undefined;
  return words === undefined ? text : words.join(' ');
}

const WORD = /(?:'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)")(?:, |\]$)/sy;

function printedWords(list: string): readonly string[] | undefined {
  const words: string[] = [];
  WORD.lastIndex = 1;
  for (let end = 1; end < list.length; end = WORD.lastIndex) {
    const word = WORD.exec(list);
    if (word === null) return undefined;
    words.push((word[1] ?? word[2] ?? '').replace(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? sign));
  }
  return words;
}

/** A model response being delivered becomes its tool calls; any other command a runtime exec. */
export function sessionEvents(run: SessionCommand): readonly Event[] {
  const delivery = DELIVERY.exec(run.command);
  if (delivery !== null) {
    const calls = deliveredCalls(run.command.slice(delivery.index + delivery[0].length));
    return calls.map((call, i) => deliveredCall(run, call, { step: Number(delivery[1]), index: run.index + i }));
  }
  const { format, clock, ref, command, sandboxId } = run;
  const time = eventTime(run.stamp, { raw: run.rawTime, basis: 'request-start', afterUs: 500_000 });
  return [
    compact({
      kind: 'process' as const,
      op: 'runtime-exec' as const,
      format,
      clock,
      ref,
      time,
      commandLine: command,
      sandboxId,
    }),
  ];
}

function deliveredCall(run: SessionCommand, call: ModelCall, place: { step: number; index: number }): Event {
  const parsed = idEpoch(call.id);
  return callEvent(call, {
    format: run.format,
    clock: parsed === undefined ? run.clock : 'tool-call-id',
    ref: run.ref,
    episodeId: `sandbox:${run.sandboxId ?? run.ref.source}`,
    ...place,
    trust: run.trust,
    executed: 'unknown',
    startBasis: parsed === undefined ? 'model-call-end' : 'id-epoch',
    endBasis: 'none',
    start: parsed ?? run.stamp.at,
    slack: { earlyUs: 0, lateUs: 1_000_000 },
    sandboxId: run.sandboxId,
    time:
      parsed === undefined
        ? eventTime(run.stamp, { raw: run.rawTime, basis: 'request-start', afterUs: 500_000 })
        : undefined,
  });
}

/** The completion stands in shell quotes, doubled once for each `bash -c` around it. */
function deliveredCalls(rest: string): readonly ModelCall[] {
  const redirect = rest.lastIndexOf(' < /dev/null');
  let text = redirect < 0 ? rest : rest.slice(0, redirect);
  for (let level = 0; level < 4; level++) {
    const json = tryJson(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    if (json !== undefined) return completionCalls(json);
    text = text.replaceAll(`'"'"'`, "'");
  }
  return [];
}
