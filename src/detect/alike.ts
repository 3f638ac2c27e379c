import type { Facts } from './facts.ts';
import type { Network } from './network.ts';
import type { RulePack } from './schema.ts';

/** Judgements that are kept: sensors write of the same few rules and far ends over and over. */
const REMEMBERED = 5_000;

/** Numbers of bytes that some rule takes for many. */
export function byteMarksOf(packs: readonly RulePack[]): readonly number[] {
  return packs.flatMap(({ rules }) => rules.flatMap(({ any }) => any.flatMap(({ minBytesOut }) => minBytesOut ?? [])));
}

type Text = 'url' | 'userAgent' | 'command';
/** A field that is new has to be named here, or this does not compile: records that differ in it are not alike. */
const COMPARED = Object.keys({
  surface: true,
  action: true,
  type: true,
  rule: true,
  serverIp: true,
  port: true,
  transport: true,
  direction: true,
  domains: true,
  hostIp: true,
  method: true,
  qtype: true,
} satisfies Record<Exclude<keyof Facts, Text | 'clientIp' | 'bytesOut'>, true>) as readonly (keyof Facts)[];

/**
 * All that conditions compare, as one text: records with equal texts are judged alike. Undefined where it would hold a text that
 * hardly comes twice.
 */
export function textOf(facts: Facts, network: Network, byteMarks: readonly number[]): string | undefined {
  const { url, userAgent, command, clientIp, bytesOut } = facts;
  if (url !== undefined || userAgent !== undefined || command !== undefined) return undefined;
  const isClientOurs = clientIp === undefined ? undefined : network.isInternal(clientIp);
  const size = bytesOut === undefined ? undefined : byteMarks.filter((mark) => bytesOut >= mark).length;
  let text = `${isClientOurs} ${size} `;
  for (const name of COMPARED) text += plain(facts[name]);
  return text;
}

/** A text goes with its length, a list with its own: that keeps apart what hostile texts could run together. */
function plain(value: string | number | readonly string[] | undefined): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object') return `${value} `;
  let text = `${value.length};`;
  for (const entry of value) text += plain(entry);
  return text;
}

/** Judges records that are alike once. */
export function judgedOnce<T>(
  network: Network,
  byteMarks: readonly number[],
  judge: (facts: Facts) => T,
): (facts: Facts) => T {
  const known = new Map<string, { readonly judgement: T }>();
  return (facts) => {
    const text = textOf(facts, network, byteMarks);
    if (text === undefined) return judge(facts);
    const before = known.get(text);
    if (before !== undefined) return before.judgement;
    const judgement = judge(facts);
    if (known.size < REMEMBERED) known.set(text, { judgement });
    return judgement;
  };
}
