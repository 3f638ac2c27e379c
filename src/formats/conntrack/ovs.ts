import type { OtherFlow } from './xml.ts';

const LINE = /^\s*([a-z][a-z0-9-]*),orig=\(([^()]*)\),reply=\(([^()]*)\)(.*)$/;

/**
 * An entry as `ovs-appctl dpctl/dump-conntrack` writes it (ovs-dpctl(8)): `tcp,orig=(src=..,dst=..,sport=..,dport=..),reply=(..),zone=5,
 * protoinfo=(state=ESTABLISHED)`. One flow has an entry in each zone that it passes: of these one may translate.
 */
export function ovsFlow(text: string): OtherFlow | undefined {
  const [line, transport = '', original = '', reply = '', rest = ''] = LINE.exec(text) ?? [];
  if (line === undefined) return undefined;
  return {
    phase: undefined,
    transport,
    state: /\bstate=([A-Z_0-9]+)/.exec(rest)?.[1],
    tail: `${original.replaceAll(',', ' ')} ${reply.replaceAll(',', ' ')}`,
  };
}
