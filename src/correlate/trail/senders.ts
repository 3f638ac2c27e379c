import type { LeaseTable } from '../leases/leases.ts';
import type { Trail } from './walk.ts';

/** Sandboxes that can have sent a packet. */
export interface Senders {
  readonly sandboxes: ReadonlySet<string>;
  readonly sorted: readonly string[];
}

/** Undefined: no record limits the set. Empty: the host itself sent it. */
export type SendersOf = (trail: Trail) => Senders | undefined;

/** Around a lease an address may be seen a little early or late. */
const SLACK_US = 2_000_000;
/** Sets that are kept to be met again: thousands of violations come from the same few addresses. */
const MOST = 10_000;
const NOBODY = sendersOf([]);

export function openSenders(leases: LeaseTable): SendersOf {
  let known = new Map<string, Senders>();
  /** `who`: the same for the same set. */
  const once = (who: string, list: () => Iterable<string>): Senders => {
    const before = known.get(who);
    if (before !== undefined) return before;
    const senders = sendersOf(list());
    if (known.size >= MOST) known = new Map();
    known.set(who, senders);
    return senders;
  };
  return (trail) => {
    const { explicitSandbox, hostOwned, host, tuples } = trail;
    if (explicitSandbox !== undefined) return once(`id|${explicitSandbox.id}`, () => [explicitSandbox.id]);
    if (hostOwned) return NOBODY;
    const out = new Set<string>();
    for (const { srcIp } of tuples) {
      const holders = leases.sandboxesByIp(srcIp, host);
      const mayAll = !holders.some(({ shared }) => shared);
      // Who holds an address alone may have sent it at any time.
      if (mayAll && holders.length > 0 && tuples.length === 1)
        return once(`ip|${srcIp}|${host === undefined ? 'anywhere' : `on ${host}`}`, () =>
          holders.map(({ sandboxId }) => sandboxId),
        );
      for (const holder of holders) if (mayHaveSent(holder, trail, leases)) out.add(holder.sandboxId);
    }
    if (out.size > 0) return sendersOf(out);
    const onHost = host === undefined ? undefined : leases.sandboxesOnHost(host);
    return onHost === undefined || onHost.size === 0 ? undefined : once(`host|${host ?? ''}`, () => onHost);
  };
}

function sendersOf(list: Iterable<string>): Senders {
  const sandboxes = new Set(list);
  return { sandboxes, sorted: [...sandboxes].sort() };
}

function mayHaveSent(
  { sandboxId, shared }: ReturnType<LeaseTable['sandboxesByIp']>[number],
  { begun, windowUs }: Trail,
  leases: LeaseTable,
): boolean {
  if (!shared || leases.ofSandbox(sandboxId).length === 0) return true;
  return leases
    .around(sandboxId, begun - SLACK_US, begun + windowUs + SLACK_US)
    .some(
      ({ start, end, errorUs }) => begun < end + errorUs + SLACK_US && begun + windowUs >= start - errorUs - SLACK_US,
    );
}
