import { decoded, failed, no, yes } from '../../core/decoded.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type AuditGroup, toEvents } from './events.ts';
import { auditFields } from './values.ts';

const LINE = /^(?:node=(\S+) )?type=([A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\((\d{9,11})\.(\d{3}):(\d+)\):\s?(.*)$/s;
/** Records of one event may come a little out of order; older groups are closed when this many newer ones are open. */
const OPEN_GROUPS = 64;

/** Linux audit records as auditd writes them, raw or ENRICHED. */
export const auditd: Format = {
  id: 'auditd',
  title: 'Linux audit log (raw, ENRICHED)',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall clock in ms, but the kernel’s coarse tick: steps of 4 ms',
  traps: [
    'one event is all records with one serial; records interleave',
    'connect has no local address and no local port',
    'unquoted values are hex; success=no exit=-115 is a connect in progress',
    'no container id',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    text.includes('msg=audit(') && LINE.test(text) ? yes(0.97, 'type=... msg=audit(time:serial)') : no('no msg=audit('),
  open: () => createDecoder(),
};

function createDecoder(): Decoder {
  const open = new Map<string, AuditGroup>();
  const decode = (record: RawRecord): Decoded => {
    const match = LINE.exec(record.text);
    if (match === null) return failed('not an audit record');
    const [, node, type = '', seconds = '', millis = '', serial = '', body = ''] = match;
    const key = `${node ?? ''}|${seconds}.${millis}|${serial}`;
    let group = open.get(key);
    if (group === undefined) {
      group = {
        node: node ?? record.host,
        seconds,
        millis,
        serial,
        ref: record.ref,
        observed: record.observed,
        records: [],
      };
      open.set(key, group);
    }
    group.records.push({ type, fields: auditFields(body) });
    const events: Event[] = [];
    if (type === 'EOE') events.push(...close(open, key));
    for (const oldest of open.keys()) {
      if (open.size <= OPEN_GROUPS) break;
      events.push(...close(open, oldest));
    }
    return decoded(...events);
  };
  const flush = (): readonly Event[] => [...open.keys()].flatMap((key) => [...close(open, key)]);
  return { decode, flush };
}

function close(open: Map<string, AuditGroup>, key: string): readonly Event[] {
  const group = open.get(key);
  open.delete(key);
  return group === undefined ? [] : toEvents(group);
}
