import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseExposition } from '../../core/lines/exposition.ts';
import { withoutEngine } from '../../core/network/container-id.ts';
import { parseIp } from '../../core/network/ip.ts';
import { micros, timeFromObserved } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Pod series of kube-state-metrics, text exposition. */
export const kubeStateMetrics: Format = {
  id: 'kube-state-metrics',
  title: 'kube-state-metrics pod series',
  roles: ['lease'],
  framing: 'auto',
  status: 'real',
  clock: 'none; start and completion are whole seconds in the value',
  traps: ['pods with host network have the address of the node', 'pods shorter than a scrape are missing'],
  claims,
  open: () => ({ decode }),
};

function claims({ text }: SniffRecord): Sniff {
  return /^(?:# (?:HELP|TYPE) )?kube_[a-z_]+[{ ]/.test(text) ? yes(0.97, 'kube_ series') : no('no kube_ series');
}

function decode(record: RawRecord): Decoded {
  if (/^\s*(?:#|$)/.test(record.text)) return skipped('comment');
  const sample = parseExposition(record.text);
  if (sample === undefined) return failed('no sample line');
  const { labels, name } = sample;
  const pod = labels['pod'];
  const seconds = Number.isFinite(sample.value) ? micros(sample.value * 1_000_000) : undefined;
  const start = name === 'kube_pod_start_time' ? seconds : undefined;
  const end = name === 'kube_pod_completion_time' ? seconds : undefined;
  const ip = parseIp((name === 'kube_pod_info' ? labels['pod_ip'] : name === 'kube_pod_ips' ? labels['ip'] : '') ?? '');
  const containerId =
    name === 'kube_pod_container_info' ? withoutEngine(labels['container_id'] ?? '') || undefined : undefined;
  if (pod === undefined || (start ?? end ?? ip ?? containerId) === undefined)
    return skipped('series without address or bounds of a pod');
  const shared = ip !== undefined && labels['host_network'] === 'true';
  return decoded(
    compact({
      kind: 'lease' as const,
      time: timeFromObserved(record.observed),
      ref: record.ref,
      format: 'kube-state-metrics',
      clock: 'scrape',
      host: labels['node'],
      sandboxId: labels['namespace'] === undefined ? pod : `${labels['namespace']}/${pod}`,
      ip,
      containerId,
      start,
      end,
      sharedIp: shared ? (true as const) : undefined,
    }),
  );
}
