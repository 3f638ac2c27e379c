import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { parseSyslog, type SyslogHeader } from '../lines/syslog.ts';
import { wordTable } from '../word-table.ts';

/** A relay that writes RFC 5424 takes the mark for the program's name: its nils stand before the message. */
const MESSAGE = /%(ASA|FTD|FDT|PIX|FWSM|NGIPS)-(?:[a-z_-]+-)?(\d)-(\d{5,6}):?\s*(?:- - (?:- |\[.*?\] ))?/i;
/** What names a device or, by `name` commands, an address. */
export const HOST_NAME = /^[\w.-]+$/;

/** Zone names that mean one offset only, minutes east. */
const ZONES = wordTable<number>({
  UTC: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  CET: 60,
  CEST: 120,
});

export interface CiscoLine {
  readonly family: string;
  /** Absent where a collector stripped the tag. */
  readonly level: number | undefined;
  readonly id: string;
  readonly body: string;
  readonly header: SyslogHeader | undefined;
}

export function isAsa({ family }: CiscoLine): boolean {
  return family === 'asa' || family === 'pix' || family === 'fwsm';
}

/** Session message of the VPN gateway whose tag a collector stripped. */
export const BARE_SESSION = /^\s*(?:Tunnel)?Group (?:= |<)[^,>]{0,128}[,>].{0,256}?\bIP (?:= ?|<)[0-9a-fA-F.:]+[,>]/;

/** Cuts `%ASA-6-302013:` out of its line; the syslog header before it is optional and takes many forms. */
export function ciscoLine(record: RawRecord, context: DecodeContext): CiscoLine | undefined {
  const match = MESSAGE.exec(record.text);
  if (match === null)
    return BARE_SESSION.test(record.text)
      ? { family: 'asa', level: undefined, id: '', body: record.text, header: undefined }
      : undefined;
  return {
    family: (match[1] ?? '').toLowerCase(),
    level: Number(match[2]),
    id: match[3] ?? '',
    body: record.text.slice(match.index + match[0].length),
    header: ciscoHeader(record.text.slice(0, match.index), context),
  };
}

/** What stands before `%`: a relay's header, the device's own, both or none; a zone behind the stamp counts where its name means one offset. */
export function ciscoHeader(text: string, context: DecodeContext): SyslogHeader | undefined {
  const before = text.replace(/\s*:?\s*$/, '');
  const zone = / ([A-Z]{3,4})$/.exec(before)?.[1];
  const plain = before
    .replace(/^(<\d+>)(?:1 (?=\d{4}-)|(?:\d*:)?\s+)/, '$1')
    .replace(/^(<\d+>)?:/, '$1')
    .replace(/ ([A-Z]{3,4})$/, '');
  const offset = ZONES[zone ?? ''];
  const header = parseSyslog(plain, context.reference, offset ?? context.zoneOffsetMin);
  return header?.stamp === undefined || offset === undefined
    ? header
    : { ...header, stamp: { ...header.stamp, zone: 'explicit' } };
}

/** `Jan 10 10:00:32 asa1: %ASA` and `.. asa1 : %ASA`: the word in the place of the tag is the device. */
export function ciscoHost(header: SyslogHeader | undefined): string | undefined {
  const alone = header?.tag ?? header?.message.trim();
  return header?.host ?? (alone !== undefined && HOST_NAME.test(alone) ? alone : undefined);
}
