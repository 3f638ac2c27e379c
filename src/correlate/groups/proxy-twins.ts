import { compareInLogs, logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import type { Flagged, Group } from './group.ts';

/** Two logs of one request differ by what lies between their writes, and by cut stamps and clock errors on top. */
const SAME_REQUEST_US = 1_000_000;
/** How far back among a client's requests for one target a twin is looked for. */
const LOOK_BACK = 64;

interface Request {
  readonly flagged: Flagged;
  readonly timed: Timed<NetworkEvent>;
}

/**
 * One request that two proxy logs tell is one violation: the same client asks for the same at the same moment, in files of
 * which each tells it once. Client ports decide where both name one; else method and URL have to be there and agree.
 */
export function joinProxyTwins(groups: readonly Group[]): readonly Group[] {
  const rest: Group[] = [];
  const requests: Request[] = [];
  for (const group of groups) {
    const request = requestOf(group);
    if (request === undefined) rest.push(group);
    else requests.push(request);
  }
  requests.sort((a, b) => a.timed.at - b.timed.at || compareInLogs(a.timed, b.timed));
  const byTarget = new Map<string, Request[][]>();
  const joined: Request[][] = [];
  for (const request of requests) {
    const { src, dst } = request.timed.event;
    const key = `${src.ip ?? ''}|${dst.domain ?? dst.ip ?? ''}`;
    const home = byTarget
      .get(key)
      ?.slice(-LOOK_BACK)
      .find((twins) => twins.every((twin) => isTwin(twin.timed, request.timed)));
    if (home !== undefined) {
      home.push(request);
      continue;
    }
    const fresh = [request];
    push(byTarget, key, fresh);
    joined.push(fresh);
  }
  return [...rest, ...joined.map((twins) => ({ members: twins.map(({ flagged }) => flagged), context: [] }))];
}

function requestOf(group: Group): Request | undefined {
  const [flagged] = group.members;
  if (flagged === undefined || group.members.length > 1) return undefined;
  return isRequest(flagged.timed) ? { flagged, timed: flagged.timed } : undefined;
}

function isRequest(timed: Timed<ViolatingEvent>): timed is Timed<NetworkEvent> {
  const { event } = timed;
  return event.kind === 'network' && event.type === 'proxy' && event.count === undefined && event.src.ip !== undefined;
}

function isTwin(a: Timed<NetworkEvent>, b: Timed<NetworkEvent>): boolean {
  if (logOf(a) === logOf(b) || !isClose(a, b)) return false;
  if (differ(a.event.src.port, b.event.src.port) || differ(a.event.dst.port, b.event.dst.port)) return false;
  const [one, other] = [a.event.http, b.event.http];
  if (differ(one?.method, other?.method)) return false;
  const tunnel = one?.method === 'CONNECT';
  if (!tunnel && differ(pathOf(one?.url), pathOf(other?.url))) return false;
  const ports = a.event.src.port !== undefined && b.event.src.port !== undefined;
  return ports || (one?.method !== undefined && other?.method !== undefined && bothName(one.url, other.url));
}

const differ = (a: string | number | undefined, b: string | number | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const bothName = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined;

/** Some proxies write the whole URL, others only what comes behind the host. */
function pathOf(url: string | undefined): string | undefined {
  return url?.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/^$/, '/');
}

/** A proxy stamps the start or the end of a request: one of the two has to agree. */
function isClose(a: Timed<NetworkEvent>, b: Timed<NetworkEvent>): boolean {
  const slack =
    SAME_REQUEST_US +
    a.errorUs +
    b.errorUs +
    (a.event.time.stepUs > 1000 ? a.event.time.stepUs : 0) +
    (b.event.time.stepUs > 1000 ? b.event.time.stepUs : 0);
  return Math.abs(a.at - b.at) <= slack || Math.abs(a.lo - b.lo) <= slack;
}
