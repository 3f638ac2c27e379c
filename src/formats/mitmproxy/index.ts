import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { authorityOf, targetOf } from '../../core/network/forward-proxy.ts';
import { networkEvent } from '../../core/network/network.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `[10:00:01.123][client:port] message`; before version 8 without the time. */
const MESSAGE = /^(?:\[\d\d:\d\d:\d\d(?:\.\d{3})?\])?\[((?:[\d.]+|\[[\da-fA-F:.%]+\]):\d{1,5})\] (\S.*)$/;
/** `server connect name:port (address:port)`, or the address alone. */
const CONNECTED = /^server connect (\S+?)(?: \((\S+)\))?$/;
/** `client:port: METHOD url`, the version of HTTP where it is not 1. */
const REQUEST =
  /^((?:[\d.]+|\[[\da-fA-F:.%]+\]):\d{1,5}): ([A-Z]{3,10}) ((?:https?|wss?):\/\/\S+|\S+:\d{1,5})(?: HTTP\/[\d.]+)?$/;
/** ` << HTTP/2.0 200 OK 5.1k`, or an error. */
const ANSWER = /^\s+<< (?:HTTP\/[\d.]+ )?(?:(\d{3})\b.*|(\S.*))$/;
const MARK =
  /^\[\d\d:\d\d:\d\d(?:\.\d{3})?\] ?(?:HTTP\(S\) proxy|\S.* (?:proxy|server) |Loading script)|^\S+:\d{1,5} (->|<-) \S+ \1 \S+:\d{1,5}\s*$/;

/** What mitmdump prints. docs.mitmproxy.org, `flow_detail`, `termlog_verbosity`; layout of its addons `dumper` and `termlog`. */
export const mitmproxy: Format = headed({
  id: 'mitmproxy',
  title: 'mitmproxy (mitmdump output)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock:
    'none: a time of day names no day and is not used; where a container runtime or journald kept the line, its time',
  traps: [
    'a request stands alone until it is answered: its line is written with the answer, seconds later for a slow one',
    'flow dumps (`-w`) are binary and are not read',
    'at `flow_detail` 0 URLs are cut short',
  ],
  claims,
  open,
  isInOrder: true,
});

function claims({ text }: SniffRecord): Sniff {
  const message = MESSAGE.exec(text)?.[2];
  if (message !== undefined)
    return /^(?:client|server) (?:dis)?connect\b/.test(message)
      ? yes(0.96, 'connection of mitmproxy')
      : yes(0.6, 'time and client as mitmproxy writes them');
  if (REQUEST.test(text)) return yes(0.9, 'request as mitmdump writes it');
  if (ANSWER.test(text)) return yes(0.7, 'answer as mitmdump writes it');
  return MARK.test(text) ? yes(0.5, 'message of mitmproxy') : no('no line of mitmdump');
}

function open(_context: unknown, held?: unknown): Decoder {
  let asked = held as NetworkEvent | undefined;
  const flush = (): readonly NetworkEvent[] => {
    const events = asked === undefined ? [] : [asked];
    asked = undefined;
    return events;
  };
  const decode = (record: RawRecord): Decoded => {
    const answer = ANSWER.exec(record.text);
    if (answer !== null && asked !== undefined) {
      asked = answered(asked, answer[1], answer[2]);
      return decoded(...flush());
    }
    const request = REQUEST.exec(record.text);
    if (request !== null) {
      const before = flush();
      asked = requestOf(record, request);
      return decoded(...before);
    }
    const [, client = '', message = ''] = MESSAGE.exec(record.text) ?? [];
    const connected = CONNECTED.exec(message);
    if (connected !== null) return decoded(...flush(), connectionOf(record, client, connected));
    if (message !== '' || MARK.test(record.text)) return skipped('message that is no connection');
    return /^\s/.test(record.text) ? skipped('header or content of a request') : foreign();
  };
  return { decode, flush, held: () => asked };
}

const base = (record: RawRecord, client: string) => ({
  format: 'mitmproxy',
  clock: 'none',
  time: timeFromObserved(record.observed),
  type: 'proxy' as const,
  src: authorityOf(client),
  initiator: 'src' as const,
  transport: 'tcp',
  direction: 'outbound' as const,
});

function connectionOf(record: RawRecord, client: string, match: RegExpExecArray): NetworkEvent {
  const asked = authorityOf(match[1] ?? '');
  const reached = authorityOf(match[2] ?? '');
  return networkEvent(record, {
    ...base(record, client),
    action: 'allow',
    actionRaw: 'server connect',
    dst: compact({ ...asked, ip: reached.ip ?? asked.ip }),
  });
}

function requestOf(record: RawRecord, match: RegExpExecArray): NetworkEvent {
  const [, client = '', method = '', url = ''] = match;
  const dst = targetOf(url.includes('://') ? method : 'CONNECT', url);
  const http = compact({ method, url, host: dst.domain ?? dst.ip });
  return networkEvent(record, { ...base(record, client), action: 'unknown', dst, http });
}

/** An add-on that kills a flow refuses it; other errors say that the far end was not reached. */
function answered(asked: NetworkEvent, status: string | undefined, error: string | undefined): NetworkEvent {
  if (status !== undefined) return { ...asked, action: 'allow', http: { ...asked.http, status: Number(status) } };
  return compact({ ...asked, action: /\bkilled\b/i.test(error ?? '') ? 'deny' : 'unknown', state: error });
}
