import type { Attribution, EvidenceCode } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import { causeOf, endsOf, endText, processName } from './findings.ts';

/** One step of the way from the alert to the episode, with the record it rests on. `says` holds texts of logs. */
export interface ChainLink {
  readonly name: 'Alert' | 'Socket' | 'Sandbox' | 'Process' | 'Tool call' | 'Episode';
  readonly says: string;
  readonly ref?: SourceRef;
}

const SOCKET: readonly EvidenceCode[] = ['socket-owner', 'nat-join', 'proxy-join'];

/** The way from the alert to the cause, as far as the verdict names one. */
export function chainOf(lead: Attribution): readonly ChainLink[] {
  const { episode, toolCall, process } = causeOf(lead);
  const { src, dst, action } = endsOf(lead.violation.event);
  const socket = lead.evidence.find(({ code, refs }) => SOCKET.includes(code) && refs.length > 0);
  const lease = lead.evidence.find(({ code, refs }) => code === 'lease' && refs.length > 0);
  const says = `${action === 'unknown' ? '' : `${action} `}${endText(src)} to ${endText(dst)}`;
  return [
    { name: 'Alert', says, ref: lead.violation.event.ref },
    ...(socket === undefined ? [] : [link('Socket', socket.says, socket.refs[0])]),
    ...(episode === undefined || lease === undefined ? [] : [link('Sandbox', lease.says, lease.refs[0])]),
    ...(process === undefined ? [] : [link('Process', processName(process), process.ref)]),
    ...(toolCall === undefined ? [] : [link('Tool call', toolCall.id, toolCall.ref)]),
    ...(episode === undefined ? [] : [link('Episode', episode.id, undefined)]),
  ];
}

function link(name: ChainLink['name'], says: string, ref: SourceRef | undefined): ChainLink {
  return { name, says, ...(ref === undefined ? {} : { ref }) };
}
