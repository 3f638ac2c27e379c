import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { headed } from '../../core/lines/headed.ts';
import { authorityOf } from '../../core/network/forward-proxy.ts';
import { networkEvent, ruleOf, timeOf } from '../../core/network/network.ts';
import type { Action } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** logrus in a file, then on a terminal. */
const LOGFMT = /^time="([^"]{19,40})" level=(\w+) msg="((?:[^"\\]|\\.)*)"/;
const TERMINAL = /^(?:\p{Cc}\[\d+m)?([A-Z]{4})(?:\p{Cc}\[0m)?\[([^\]]{19,40})\]\s+(.*)$/u;
/** `[TCP] client --> target match rule using chain`, `... using chain`, `... doesn't match any rule using chain`. */
const ROUTED = /^\[(TCP|UDP)\] (\S+?)(\([^)]*\))? --> (\S+) (?:match (.+) |doesn't match any rule )?using (.+)$/;
/** `[TCP] dial proxy (match rule/payload) client --> target error: reason`. */
const FAILED = /^\[(TCP|UDP)\] dial (.+?) (?:\(match (.*?)\/?\) )?(\S+?)(\([^)]*\))? --> (\S+) error: (.*)$/;
/** What the proxy itself calls a connection of its own. */
const OWN = /^(?:mihomo|clash)$/i;
/** A dial may take this long before its line is written (`DefaultTCPTimeout`). */
const DIAL_US = 5_000_000;

const mihomoLines: Format = {
  id: 'mihomo',
  title: 'mihomo and Clash (rule-based proxy)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: '`time`: the proxy’s local time with its zone, nanoseconds; Clash: seconds. Written when the dial has ended',
  traps: [
    '`using` names the chain of proxies: the address that the firewall sees is the last one’s, which the line does not tell',
    'a client behind TUN is told by the address of the TUN device',
    'process and uid are there only where `find-process-mode` is on',
  ],
  claims,
  open: () => ({ decode }),
};

/** Connections that mihomo, Clash and their relatives have routed (`tunnel/tunnel.go`, `logMetadata`). */
export const mihomo: Format = headed(mihomoLines);

interface Line {
  readonly time: string;
  readonly level: string;
  readonly message: string;
}

function lineOf(text: string): Line | undefined {
  const file = LOGFMT.exec(text);
  if (file !== null)
    return { time: file[1] ?? '', level: file[2] ?? '', message: (file[3] ?? '').replace(/\\(.)/g, '$1') };
  const [, level = '', time = '', message] = TERMINAL.exec(text) ?? [];
  return message === undefined ? undefined : { time, level: level.toLowerCase(), message };
}

function claims({ text }: SniffRecord): Sniff {
  if (!text.includes('] ')) return no('no network in brackets');
  const message = lineOf(text)?.message ?? '';
  return ROUTED.test(message) || FAILED.test(message)
    ? yes(0.96, 'client --> target of mihomo')
    : no('no client --> target');
}

interface Route {
  readonly transport: string;
  readonly client: string;
  readonly owner: string;
  readonly target: string;
  readonly rule: string | undefined;
  readonly chain: string;
  readonly error?: string;
}

function routeOf(message: string): Route | undefined {
  const routed = ROUTED.exec(message);
  if (routed !== null) {
    const [, transport = '', client = '', owner = '', target = '', rule, chain = ''] = routed;
    return { transport, client, owner, target, rule, chain };
  }
  const [whole, transport = '', chain = '', rule, client = '', owner = '', target = '', error = ''] =
    FAILED.exec(message) ?? [];
  return whole === undefined ? undefined : { transport, client, owner, target, rule, chain, error };
}

function decode(record: RawRecord): Decoded {
  const line = lineOf(record.text);
  // Behind a header only what routed a connection is known to be its own.
  if (line === undefined)
    return / level=\w+ msg="/.test(record.text) ? skipped('message about no connection') : foreign();
  const route = routeOf(line.message);
  if (route === undefined) return skipped('message about no connection');
  if (OWN.test(route.client)) return skipped('connection of the proxy itself');
  const { comm, uid } = ownerOf(route.owner);
  return decoded(
    networkEvent(record, {
      format: 'mihomo',
      clock: 'time',
      time: timeOf(line.time, record, { basis: 'event', beforeUs: DIAL_US }),
      type: 'proxy',
      action: actionOf(route),
      actionRaw: route.chain,
      src: authorityOf(route.client),
      dst: authorityOf(route.target),
      initiator: 'src',
      transport: route.transport.toLowerCase(),
      direction: 'outbound',
      rule: ruleOf(route.rule),
      severityRaw: line.level,
      state: route.error,
      uid,
      comm,
    }),
  );
}

/** A dial that failed was allowed, and nothing came of it. */
function actionOf({ chain, error }: Route): Action {
  if (/(?:^|\[)(?:REJECT|REJECT-DROP)\]*$/.test(chain)) return 'deny';
  return error === undefined ? 'allow' : 'unknown';
}

/** `(curl, uid=1000)`, `(curl)`, `(uid=1000)`. */
function ownerOf(text: string): { comm: string | undefined; uid: number | undefined } {
  const uid = /\buid=(\d+)\)$/.exec(text)?.[1];
  const comm = /^\(([^,=)]+)[,)]/.exec(text)?.[1];
  return { comm, uid: uid === undefined ? undefined : Number(uid) };
}
