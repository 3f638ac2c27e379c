import { failed, foreign, no, yes } from '../../core/decoded.ts';
import { ciscoEvent } from '../../core/products/cisco.ts';
import { BARE_SESSION, ciscoLine, isAsa } from '../../core/products/cisco-line.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const MARK = /%(?:ASA|PIX|FWSM)-(?:[a-z_-]+-)?\d-\d{5,6}\b/;

export const ciscoAsa: Format = {
  id: 'cisco-asa',
  title: 'Cisco ASA syslog',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, device local time, 1 s; often no header at all',
  traps: [
    '"Built outbound" names the responder first: source here is the initiator',
    'a teardown does not tell who opened the connection',
    '305009, 305011 and 305012 are translations for any far end, not connections',
    'a teardown does not name the translated address: the translation ends where the next of its port begins',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (MARK.test(text)) return yes(0.98, '%ASA-level-id');
  return BARE_SESSION.test(text) ? yes(0.8, 'VPN session message without its tag') : no('no %ASA tag');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = ciscoLine(record, context);
  if (line === undefined) return failed('no %ASA tag');
  // A collector's file holds devices of both families, whose messages are written in different orders.
  return isAsa(line) ? ciscoEvent('cisco-asa', record, line, 'initiator') : foreign();
}
