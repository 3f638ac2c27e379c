import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { remembered } from '../../core/text/remembered.ts';
import { sharingTexts } from '../../core/text/shared-text.ts';
import { eventTime, micros, parseIso, timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { alertOf, type Fields } from './fields.ts';
import { lookAtAlerts } from './look.ts';
import { printedFields, textAlert } from './text.ts';

const SEVERITY = wordTable<number>({
  emergency: 4,
  alert: 4,
  critical: 4,
  error: 3,
  warning: 2,
  notice: 1,
  informational: 0,
  info: 0,
  debug: 0,
});

/** Falco alerts, as JSON (`json_output`) or as lines of text. */
export const falco: Format = {
  id: 'falco',
  title: 'Falco alerts',
  roles: ['process', 'socket', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: '`time`, nanoseconds, UTC',
  traps: [
    'an alert holds only the fields its rule prints; default rules print no pid',
    'sockets of unconnected UDP may never have been on the wire',
    'drop notices are gaps, metrics snapshots are no alerts',
  ],
  claims,
  open: (context) => {
    const shared = sharingTexts((text) => text);
    const around = { ...context, shared: sharingTexts() };
    return {
      decode: (record) => (record.text.startsWith('{') ? decode(record, shared) : decodeText(record, around)),
    };
  },
  look: lookAtAlerts,
};

function claims({ text, json }: SniffRecord): Sniff {
  if (json === undefined)
    return textAlert(text, NOWHERE) === undefined ? no('no Falco alert') : yes(0.85, 'priority, text and fields');
  const fits = typeof at(json, 'rule') === 'string' && typeof at(json, 'priority') === 'string';
  return fits && typeof at(json, 'output') === 'string' ? yes(0.97, 'rule, priority and output') : no('no Falco alert');
}

/** One object for all alerts of a rule. */
const ruleOf = remembered((name) => ({ name }));

type Shared = (text: string) => string;

function decode(record: RawRecord, shared: Shared): Decoded {
  const json = tryJson(record.text);
  const rule = textOf(at(json, 'rule'));
  const priority = textOf(at(json, 'priority'));
  if (rule === undefined || priority === undefined) return failed('no rule and priority');
  if (/metrics snapshot/i.test(rule)) return skipped('metrics snapshot');
  const raw = textOf(at(json, 'time')) ?? '';
  // Some versions write the zone twice (`Z+2`); the clock is UTC.
  const stamp = parseIso(raw.replace(/Z[+-]\d+$/, 'Z'));
  if (stamp === undefined) return failed('no time');
  // Without `json_include_output_fields_property` the output's own text is all there is.
  const stated = at(json, 'output_fields') ?? printedFields(textOf(at(json, 'output')) ?? '');
  const fields: Fields = isObject(stated) ? stated : {};
  const host = textOf(at(json, 'hostname'));
  const head = {
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    clock: host === undefined ? 'time' : shared(`time@${host}`),
    host: host ?? record.host,
  };
  if (/^Falco internal: .*drop/i.test(rule))
    return decoded(
      compact({
        ...head,
        format: 'falco',
        kind: 'coverage' as const,
        reason: 'dropped' as const,
        count: numberOf(fields['n_drops']),
      }),
    );
  if (rule.startsWith('Falco internal: ')) return skipped('notice of Falco about itself');
  const severity = SEVERITY[priority.toLowerCase()];
  return decoded(alertOf({ head, rule: ruleOf(rule), severity, fields }, shared));
}

/** For the question whether a line is an alert, its time does not matter. */
const NOWHERE: DecodeContext = { path: '', zoneOffsetMin: 0, reference: micros(0) };

function decodeText(record: RawRecord, around: DecodeContext & { readonly shared: Shared }): Decoded {
  const alert = textAlert(record.text, around);
  if (alert === undefined) return skipped('line that is no alert');
  const { stamp, raw, fields } = alert;
  const { observed } = record;
  const head = {
    time: stamp === undefined ? timeFromObserved(observed) : eventTime(stamp, { raw, basis: 'event', observed }),
    ref: record.ref,
    clock: 'text',
    host: alert.host ?? record.host,
  };
  const severity = SEVERITY[alert.priority.toLowerCase()];
  return decoded(alertOf({ head, rule: { name: alert.says }, severity, fields }, around.shared));
}
