import type { Action, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { decoded, failed, no, skipped, yes } from '../decoded.ts';
import { at, isObject, textOf, tryJson } from '../json/json.ts';
import { headerOf, type NetworkFacts, networkEvent, timeOr, verdictOf } from '../network/device.ts';
import { isPlaced } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { nearestEpoch, parseIso, parseMonthDay } from '../time/time.ts';

export type FieldMap = Record<string, string>;
type FactText = Partial<
  Record<
    Exclude<keyof NetworkFacts, 'time' | 'clock' | 'type' | 'severity' | 'count' | 'direction' | 'initiator' | 'icmp'>,
    string | undefined
  >
> &
  Pick<NetworkFacts, 'icmp'>;

/** A format whose records are named fields: what is its own is how fields are read and which field means what. */
export interface MappedSpec {
  readonly format: Omit<Format, 'claims' | 'open' | 'framing'>;
  readonly mark: RegExp;
  readonly score: number;
  /** Lines of the same product that are about no traffic. */
  readonly others?: RegExp;
  /** Of words that `verdictOf` does not know, or that mean something else here; the word's where absent. */
  action?(fields: FieldMap): Action | undefined;
  /** `flow` where absent. */
  type?(fields: FieldMap): NetworkEvent['type'] | undefined;
  /** Fields of a record; undefined when it is none of this format. */
  fields(text: string): FieldMap | undefined;
  facts(fields: FieldMap): FactText;
  /** Stamp text with its zone where stated; the syslog header where absent. */
  stamp(fields: FieldMap): string | undefined;
  /** How many seconds the flow had lasted when its record was written. */
  lasted?(fields: FieldMap): number | undefined;
}

export function mappedFormat(spec: MappedSpec): Format {
  return {
    ...spec.format,
    framing: 'auto',
    claims: ({ text }): Sniff => {
      if (spec.mark.test(text)) return yes(spec.score, `${spec.format.title}: its field names`);
      return spec.others?.test(text) ? yes(0.8, `${spec.format.title}: another message`) : no('other fields');
    },
    open: (context) => ({ decode: (record): Decoded => decode(spec, record, context) }),
  };
}

function decode(spec: MappedSpec, record: RawRecord, context: DecodeContext): Decoded {
  const fields = spec.fields(record.text);
  if (fields === undefined)
    return spec.others?.test(record.text) ? skipped('message about no traffic') : failed('fields are missing');
  const raw = spec.stamp(fields);
  const own = raw === undefined ? undefined : anyStamp(raw, context);
  const header = own === undefined ? headerOf(record, context) : undefined;
  const facts = spec.facts(fields);
  const type = spec.type?.(fields);
  const lasted = spec.lasted?.(fields);
  const time = (stamp: Stamp | undefined, text: string): EventTime =>
    lasted === undefined || !(lasted > 0)
      ? timeOr(record, stamp, text, 'event')
      : timeOr(record, stamp, text, 'flow-end', (lasted + 1) * 1_000_000);
  const event = networkEvent(spec.format.id, record, {
    ...facts,
    action: (spec.action === undefined ? verdictOf(facts.actionRaw) : spec.action(fields)) ?? alertOf(type),
    time: own === undefined ? time(header?.stamp, header?.rawTime ?? '') : time(own, raw ?? ''),
    clock: own === undefined ? 'syslog' : 'record',
    ...(type === undefined ? {} : { type }),
  });
  // Leases, logins and states of the device name no traffic.
  const isTraffic = isPlaced(event.src) || isPlaced(event.dst) || event.http !== undefined || event.dns !== undefined;
  return isTraffic ? decoded(event) : skipped('message about no traffic');
}

/** A sensor that says nothing of the packet has reported it, no more. */
const alertOf = (type: NetworkEvent['type'] | undefined): Action | undefined =>
  type === 'alert' ? 'alert' : undefined;

/** Epoch, ISO or month-day text, with or without a week day before it. */
function anyStamp(text: string, context: DecodeContext): Stamp | undefined {
  return (
    nearestEpoch(text) ??
    parseIso(text, context.zoneOffsetMin) ??
    parseMonthDay(text.replace(/^[A-Z][a-z]{2} (?=[A-Z])/, ''), context.reference, context.zoneOffsetMin)
  );
}

/** Scalar members of a JSON object, nested ones under dotted names. */
export function flatFields(text: string, ...path: readonly string[]): FieldMap | undefined {
  const json = at(tryJson(text), ...path);
  if (!isObject(json)) return undefined;
  const out: FieldMap = {};
  const walk = (value: unknown, name: string, depth: number): void => {
    const scalar = textOf(value);
    if (scalar !== undefined) out[name] = scalar;
    else if (isObject(value) && depth < 4) {
      for (const [key, member] of Object.entries(value)) walk(member, name === '' ? key : `${name}.${key}`, depth + 1);
    }
  };
  walk(json, '', 0);
  return out;
}
