import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { compact, tryJson } from '../../core/json/json.ts';
import { eventTime } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { CoverageEvent, ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { readFields, readHead, relayedHead } from './fields.ts';
import { groupOf, isGoAudit } from './go-audit.ts';
import { add, clockOf, eventOf, type Group, newGroup, STRINGS, stampIn } from './group.ts';
import { isJournalText, isOfNoCall, JournalText } from './journal-text.ts';
import { lookAtAudit } from './look.ts';
import { OpenEvents } from './open-events.ts';
import type { AuditRecord } from './record.ts';

const GROUPED = new Set(['SYSCALL', 'URINGOP', 'EXECVE', 'CWD', 'PATH', 'SOCKADDR', 'PROCTITLE']);
/** What `ausearch` puts between events. */
const SEPARATOR = /^(?:-*\s*|time->.*)$/;

/** Linux audit log as `auditd` writes it (`log_format` RAW or ENRICHED), as `ausearch -i` spells it out, or as go-audit wraps it. */
export const auditd: Format = {
  id: 'auditd',
  title: 'Linux audit log',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall clock of the kernel in ticks of 4 ms',
  traps: [
    'one event is several records, which interleave and may lack their end mark',
    'connect records name no source port and no transport',
    'the child pid of a fork is the one of the child namespace',
    'the journal printed as text has no serials: where calls of one stamp interleave, what they were given is left out',
    '`ausearch -i` writes local time in the date order of its locale, names for uids, and arguments without quotes',
  ],
  claims,
  open,
  isInOrder: true,
  look: lookAtAudit,
};

function claims({ text, json }: SniffRecord): Sniff {
  if (isGoAudit(json)) return yes(0.97, 'sequence, timestamp and messages of go-audit');
  if (readHead(text) !== undefined) return yes(0.96, 'type= msg=audit(sec.ms:serial)');
  if (isJournalText(text)) return yes(0.8, 'audit record as the journal prints it');
  const relayed = relayedHead(text);
  // The kernel's log holds refusals of AppArmor and SELinux in any case: they make it no audit log.
  return relayed !== undefined && GROUPED.has(relayed.type)
    ? yes(0.8, 'audit record behind the header of a relay')
    : no('no audit(sec.ms:serial) head');
}

function open(
  context: DecodeContext,
  held?: unknown,
): {
  decode(record: RawRecord): Decoded;
  flush(): readonly ProcessEvent[];
  held(): Held;
  made(): readonly number[];
} {
  const before = held instanceof Held ? held : undefined;
  const groups = before?.groups ?? new OpenEvents<Group>();
  const { zoneOffsetMin } = context;
  const journal = new JournalText(context, before?.journal);
  let last: Group | undefined;
  let made: number[] = [];
  const close = (group: Group | undefined, ends = 0): readonly ProcessEvent[] => {
    if (group === last) last = undefined;
    const event = group === undefined ? undefined : eventOf(group, zoneOffsetMin);
    if (group === undefined || event === undefined) return [];
    made.push(group.records + ends);
    return [event];
  };
  const take = (head: AuditRecord, record: RawRecord): Decoded => {
    // Records of one event mostly stand together.
    const known = last !== undefined && isSameEvent(last.head, head) ? last : groups.get(...keyOf(head));
    last = known ?? newGroup(head, record);
    add(last, head, record);
    const oldest = known === undefined ? groups.set(...keyOf(head), last) : undefined;
    return oldest === undefined ? NOTHING_YET : decoded(...close(oldest));
  };
  const decode = (record: RawRecord): Decoded => {
    if (made.length > 0) made = [];
    if (record.text.startsWith('{')) return ofGoAudit(record, zoneOffsetMin);
    const head = readHead(record.text, last?.head) ?? relayedHead(record.text) ?? journal.head(record.text);
    if (head === undefined)
      return SEPARATOR.test(record.text) ? skipped('separator') : failed('no audit(sec.ms:serial) head');
    if (GROUPED.has(head.type) && isOfNoCall(head)) return skipped('audit record of no known call');
    if (GROUPED.has(head.type)) return take(head, record);
    if (head.type === 'EOE') return decoded(...close(groups.delete(...keyOf(head)), 1));
    if (head.type.startsWith('AUOMS_')) return merged(head, record, zoneOffsetMin);
    if (head.type.startsWith('DAEMON_')) return daemonRecord(head, record, zoneOffsetMin);
    return skipped('audit record without a process operation');
  };
  const flush = (): readonly ProcessEvent[] => {
    made = [];
    return groups.clear().flatMap((group) => close(group));
  };
  return { decode, flush, held: () => new Held(groups, journal), made: () => made };
}

/** Events of which records may stand in the next piece of a rotated log. */
class Held {
  readonly groups: OpenEvents<Group>;
  readonly journal: JournalText;

  constructor(groups: OpenEvents<Group>, journal: JournalText) {
    this.groups = groups;
    this.journal = journal;
  }
}

const NOTHING_YET = decoded();

const keyOf = ({ node, stamp, serial }: AuditRecord): [number, string] => [
  Number(serial),
  `${node ?? ''} ${stamp} ${serial}`,
];

function isSameEvent(a: AuditRecord, b: AuditRecord): boolean {
  return a.serial === b.serial && a.stamp === b.stamp && a.node === b.node;
}

/** Between its end and its start, while its queue is full, and after it could not write, the daemon records nothing. */
const GAPS = wordTable<CoverageEvent['reason']>({
  DAEMON_START: 'restart',
  DAEMON_END: 'restart',
  DAEMON_ABORT: 'restart',
  DAEMON_ROTATE: 'rotated',
  DAEMON_ERR: 'dropped',
});

function daemonRecord(head: AuditRecord, record: RawRecord, zoneOffsetMin: number): Decoded {
  const reason = GAPS[head.type];
  const stamp = stampIn(head, zoneOffsetMin);
  if (reason === undefined || stamp === undefined) return skipped('audit record without a process operation');
  const time = eventTime(stamp, { raw: head.stamp, basis: 'event', observed: record.observed });
  return missing(record, { format: 'auditd', clock: clockOf(head), time, reason, host: head.node });
}

/** Its records stand together. */
function ofGoAudit(record: RawRecord, zoneOffsetMin: number): Decoded {
  const json = tryJson(record.text);
  if (!isGoAudit(json)) return failed('no audit(sec.ms:serial) head');
  const event = eventOf(groupOf(json, record), zoneOffsetMin);
  return event === undefined ? skipped('audit record without a process operation') : decoded(event);
}

/** The OMS agent writes one record per event, all fields merged. */
function merged(head: AuditRecord, record: RawRecord, zoneOffsetMin: number): Decoded {
  const fields = readFields(head.body, STRINGS);
  const group = newGroup({ ...head, ...compact({ node: fields['node'] }) }, record);
  group.fields = fields;
  Object.assign(group, compact({ cwd: fields['cwd'], saddr: fields['saddr'], title: fields['cmdline'] }));
  const event = eventOf(group, zoneOffsetMin);
  return event === undefined ? skipped('audit record without a process operation') : decoded(event);
}
