import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { type TextColumns, textCell, textColumns } from '../../core/text/aligned-table.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = /^(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS +AGE +IP +NODE\b/;

/** `kubectl get pods -o wide`: which pod has which address on which node. */
export const kubectlPods: Format = {
  id: 'kubectl-pods',
  title: 'kubectl get pods -o wide',
  roles: ['lease'],
  framing: 'auto',
  status: 'real',
  clock: 'none: the age is as of a moment that the table does not name',
  traps: [
    'pods on the host network have the address of the node: told only where several have it',
    'a pod that is gone is missing, and its address may have been another pod’s a minute before',
    'without `-A` the namespace is not told',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  return HEADER.test(text) ? yes(0.97, 'column header of kubectl get pods -o wide') : no('no header');
}

/** Rows mean something under their header. */
function sniff({ records }: Sample): Sniff {
  const isHeaded = records.slice(0, 3).some((record) => claims(record).score > 0);
  return isHeaded ? yes(0.97, 'column header of kubectl get pods -o wide') : no('no header');
}

function open(): Decoder {
  let columns: TextColumns | undefined;
  let leases: LeaseEvent[] = [];
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (HEADER.test(text)) {
      columns = textColumns(text);
      return skipped('header');
    }
    if (text.trim() === '') return skipped('blank');
    const name = columns === undefined ? undefined : textCell(columns, text, 'NAME');
    if (columns === undefined || name === undefined || !/^[a-z0-9][a-z0-9.-]*$/.test(name))
      return failed('no pod under a header');
    const ip = parseIp(textCell(columns, text, 'IP') ?? '');
    if (ip === undefined) return skipped('pod without an address');
    leases.push(leaseOf(record, columns, name, ip));
    return decoded();
  };
  /** Several pods with one address have that of the node. */
  const flush = (): readonly LeaseEvent[] => {
    const pods = new Map<string, number>();
    for (const { ip = '' } of leases) pods.set(ip, (pods.get(ip) ?? 0) + 1);
    const out = leases.map((lease) =>
      (pods.get(lease.ip ?? '') ?? 0) > 1 ? { ...lease, sharedIp: true as const } : lease,
    );
    leases = [];
    return out;
  };
  return { decode, flush };
}

function leaseOf(record: RawRecord, columns: TextColumns, name: string, ip: string): LeaseEvent {
  const cell = (column: string): string | undefined => {
    const text = textCell(columns, record.text, column);
    return text === '<none>' ? undefined : text;
  };
  const namespace = cell('NAMESPACE');
  return compact({
    kind: 'lease' as const,
    time: timeFromObserved(record.observed),
    ref: record.ref,
    format: 'kubectl-pods',
    clock: 'none',
    host: cell('NODE'),
    sandboxId: namespace === undefined ? name : `${namespace}/${name}`,
    ip,
    state: cell('STATUS'),
  });
}
