import { wordTable } from '../../core/word-table.ts';
import type { OtherFlow } from './xml.ts';

const LINE = /(?:\[(NEW|UPDATE|DESTROY)\] ?)?ORIG: (SRC=.+?) ?, REPLY: (SRC=.+)$/;
const KEYS = wordTable<string>({ SPT: 'sport', DPT: 'dport' });

/** A flow as ulogd2's PRINTFLOW writes it: `[DESTROY] ORIG: SRC=.. DST=.. PROTO=TCP SPT=.. DPT=.. PKTS=.. BYTES=.. , REPLY: SRC=..`. */
export function printedFlow(text: string): OtherFlow | undefined {
  const [line, phase, original = '', reply = ''] = LINE.exec(text) ?? [];
  const transport = /\bPROTO=(\w+)/.exec(original)?.[1];
  if (line === undefined || transport === undefined) return undefined;
  return {
    phase,
    transport: transport.toLowerCase(),
    state: undefined,
    tail: `${fieldsOf(original)} ${fieldsOf(reply)}`,
  };
}

function fieldsOf(tuple: string): string {
  return tuple.replace(/\b([A-Z]+)=/g, (_, key: string) => `${KEYS[key] ?? key.toLowerCase()}=`);
}
