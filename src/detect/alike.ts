import type { Facts } from './facts.ts';
import type { Network } from './network.ts';
import type { RulePack } from './schema.ts';

/** Judgements that are kept: sensors write of the same few rules and far ends over and over. */
const REMEMBERED = 5_000;
/** Those that are kept of one far end: more would be compared with than it takes to judge. */
const OF_FAR_END = 8;
/** Longer commands hardly come twice. */
const LONGEST_COMMAND = 200;

/** Numbers of bytes that some rule takes for many. */
export function byteMarksOf(packs: readonly RulePack[]): readonly number[] {
  return packs.flatMap(({ rules }) => rules.flatMap(({ any }) => any.flatMap(({ minBytesOut }) => minBytesOut ?? [])));
}

type Text = 'url' | 'userAgent';
/** A field that is new has to be named here, or this does not compile: records that differ in it are not alike. */
const COMPARED = Object.keys({
  serverIp: true,
  port: true,
  rule: true,
  surface: true,
  action: true,
  type: true,
  transport: true,
  direction: true,
  hostIp: true,
  method: true,
  qtype: true,
  command: true,
} satisfies Record<Exclude<keyof Facts, Text | 'clientIp' | 'bytesOut' | 'domains'>, true>) as readonly (keyof Facts)[];

/** Of what conditions look at, all that is compared as it stands. */
export function areAlike(a: Facts, b: Facts): boolean {
  for (let i = 0; i < COMPARED.length; i++) {
    const name = COMPARED[i] as keyof Facts;
    if (a[name] !== b[name]) return false;
  }
  const [some, others] = [a.domains, b.domains];
  return some.length === others.length && some.every((domain, i) => domain === others[i]);
}

/** A text of their own hardly comes twice. */
function hasText({ url, userAgent, command = '' }: Facts): boolean {
  return url !== undefined || userAgent !== undefined || command.length > LONGEST_COMMAND;
}

interface Judged<T> {
  readonly facts: Facts;
  readonly isClientOurs: boolean | undefined;
  readonly size: number;
  readonly judgement: T;
}

/** Judges records that are alike once. */
export function judgedOnce<T>(
  network: Network,
  byteMarks: readonly number[],
  judge: (facts: Facts) => T,
): (facts: Facts) => T {
  let known = new Map<string, Judged<T>[]>();
  let kept = 0;
  return (facts) => {
    if (hasText(facts)) return judge(facts);
    const { clientIp, bytesOut, serverIp, port, domains, command } = facts;
    const farEnd = `${serverIp} ${port} ${domains[0]} ${command}`;
    const judged = known.get(farEnd) ?? [];
    const isClientOurs = clientIp === undefined ? undefined : network.isInternal(clientIp);
    const size = bytesOut === undefined ? -1 : sizeOf(bytesOut, byteMarks);
    for (const before of judged)
      if (before.isClientOurs === isClientOurs && before.size === size && areAlike(before.facts, facts))
        return before.judgement;
    const judgement = judge(facts);
    if (judged.length >= OF_FAR_END) return judgement;
    if (kept++ >= REMEMBERED) [known, kept] = [new Map(), 1];
    known.set(farEnd, [...judged, { facts, isClientOurs, size, judgement }]);
    return judgement;
  };
}

function sizeOf(bytes: number, marks: readonly number[]): number {
  let size = 0;
  for (const mark of marks) if (bytes >= mark) size++;
  return size;
}
