import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort, transportName } from '../../core/ip.ts';
import { at, compact, compactOver, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { printedEndpoint } from '../../core/sockaddr.ts';
import { eventTime, micros, parseEpoch, parseIso, timeFromObserved } from '../../core/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
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
  open: (context) => ({
    decode: (record) => (record.text.startsWith('{') ? decode(record) : decodeText(record, context)),
  }),
  look: lookAtAlerts,
};

function claims({ text, json }: SniffRecord): Sniff {
  if (json === undefined)
    return textAlert(text, NOWHERE) === undefined ? no('no Falco alert') : yes(0.85, 'priority, text and fields');
  const fits = typeof at(json, 'rule') === 'string' && typeof at(json, 'priority') === 'string';
  return fits && typeof at(json, 'output') === 'string' ? yes(0.97, 'rule, priority and output') : no('no Falco alert');
}

function decode(record: RawRecord): Decoded {
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
  const fields = at(json, 'output_fields') ?? printedFields(textOf(at(json, 'output')) ?? '');
  const host = textOf(at(json, 'hostname'));
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'falco',
    clock: host === undefined ? 'time' : `time@${host}`,
    host: host ?? record.host,
  });
  if (/^Falco internal: .*drop/i.test(rule))
    return decoded(
      compact({
        ...base,
        kind: 'coverage' as const,
        reason: 'dropped' as const,
        count: numberOf(at(fields, 'n_drops')),
      }),
    );
  if (rule.startsWith('Falco internal: ')) return skipped('notice of Falco about itself');
  const alert = {
    time: base.time,
    ref: base.ref,
    format: base.format,
    clock: base.clock,
    host: base.host,
    kind: 'process' as const,
    op: 'alert' as const,
    rule: { name: rule },
    severity: SEVERITY[priority.toLowerCase()],
    action: 'alert' as const,
    socket: socketOf(fields),
  };
  return decoded(compactOver(processOf(fields), alert));
}

/** For the question whether a line is an alert, its time does not matter. */
const NOWHERE: DecodeContext = { path: '', zoneOffsetMin: 0, reference: micros(0) };

function decodeText(record: RawRecord, context: DecodeContext): Decoded {
  const alert = textAlert(record.text, context);
  if (alert === undefined) return skipped('line that is no alert');
  const { stamp, raw, fields } = alert;
  const { observed } = record;
  return decoded(
    compact({
      kind: 'process' as const,
      op: 'alert' as const,
      time: stamp === undefined ? timeFromObserved(observed) : eventTime(stamp, { raw, basis: 'event', observed }),
      ref: record.ref,
      format: 'falco',
      clock: 'text',
      host: alert.host ?? record.host,
      rule: { name: alert.says },
      severity: SEVERITY[alert.priority.toLowerCase()],
      action: 'alert' as const,
      ...processOf(fields),
      socket: socketOf(fields),
    }),
  );
}

/** Falco prints `<NA>` or null for a field without a value. */
function text(fields: unknown, key: string): string | undefined {
  const value = isObject(fields) ? textOf(fields[key]) : undefined;
  return value === '<NA>' || value === 'N/A' ? undefined : value;
}

function processOf(fields: unknown): Partial<ProcessEvent> {
  const container = text(fields, 'container.full_id') ?? text(fields, 'container.id');
  const pod = text(fields, 'k8s.pod.name');
  const namespace = text(fields, 'k8s.ns.name');
  return compact({
    pid: numberOf(text(fields, 'proc.pid')),
    ppid: numberOf(text(fields, 'proc.ppid')),
    tid: numberOf(text(fields, 'thread.tid')),
    uid: numberOf(text(fields, 'user.uid')),
    exe: text(fields, 'proc.exepath'),
    comm: text(fields, 'proc.name'),
    commandLine: text(fields, 'proc.cmdline'),
    cwd: text(fields, 'proc.cwd'),
    start: parseEpoch(text(fields, 'proc.pid.ts') ?? '')?.at,
    containerId: container === 'host' ? undefined : container,
    pod: pod === undefined || namespace === undefined ? pod : `${namespace}/${pod}`,
  });
}

function socketOf(fields: unknown): SocketTuple | undefined {
  const transport = transportName(text(fields, 'fd.l4proto')) ?? 'ip';
  const end = (ip: string, port: string): Endpoint =>
    compact({ ip: parseIp(text(fields, ip) ?? ''), port: parsePort(text(fields, port)) });
  const known = (e: Endpoint): boolean => e.ip !== undefined;
  const [left, right] = [end('fd.lip', 'fd.lport'), end('fd.rip', 'fd.rport')];
  if (known(left) || known(right)) return { transport, local: left, remote: right };
  const [name, peer] = (text(fields, 'fd.name') ?? '').split('->');
  const first = printedEndpoint(name ?? '');
  const second = printedEndpoint(peer ?? '');
  if (first !== undefined && second !== undefined) return { transport, local: first, remote: second };
  const [client, server] = [end('fd.cip', 'fd.cport'), end('fd.sip', 'fd.sport')];
  return known(client) || known(server) ? { transport, local: client, remote: server } : undefined;
}
