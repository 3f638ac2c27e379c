import { freeNumbers } from '../../core/looks/line-template.ts';
import { noteAlert } from '../../core/looks/look.ts';
import type { AlertGlance, VerdictLook } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';
import { PLAIN } from './plain.ts';

/** What differs from packet to packet and is told of none that are counted together stands between these. */
const PIECES =
  /^(?<time>\S+)(?<host> \S+ kernel: \[ *)(?<boot>[\d.]+(?:\] ?\[ *[TC]\d+)?)(?<prefix>\] .*?OUT=\S* (?:PHYS(?:IN|OUT)=\S+ )*)(?<mac>MAC=\S* )?SRC=(?<src>\S+) DST=(?<dst>\S+)(?<sizes> .*?)(?<proto> PROTO=\S+ SPT=)(?<spt>\d+) DPT=(?<dpt>\d+)(?<rest> .*)$/;

/** Looks at packets as most kernels write them, whose prefix says what became of each. */
export const verdicts: VerdictLook = { look, templateOf };

function look(line: string): AlertGlance | undefined {
  const match = PLAIN.exec(line);
  if (match === null) return undefined;
  const [, stamp = '', host, prefix, inIf, outIf, src, dst, , proto, port = '', dport] = match;
  const key = [host, prefix, inIf, outIf, src, dst, proto, dport].join('\t');
  return noteAlert({ key, stamp, port, url: '', userAgent: '' });
}

/** All packets with these interfaces, ends and flags behind this prefix. */
function templateOf(line: string): Template | undefined {
  const pieces = PLAIN.test(line) ? PIECES.exec(line)?.groups : undefined;
  if (pieces === undefined) return undefined;
  const { host = '', boot = '', prefix = '', mac, sizes = '', proto = '', rest = '' } = pieces;
  return [
    { kind: 'field', use: 'moment', stop: ' ' },
    { literal: host },
    ...freeNumbers(boot),
    { literal: prefix },
    ...(mac === undefined ? [] : ([{ literal: 'MAC=' }, FREE, { literal: ' ' }] as const)),
    { literal: 'SRC=' },
    SAME,
    { literal: ' DST=' },
    SAME,
    ...freeNumbers(sizes),
    { literal: proto },
    { kind: 'field', use: 'port', stop: ' ' },
    { literal: ' DPT=' },
    SAME,
    ...freeNumbers(rest),
  ];
}

const FREE = { kind: 'field', use: 'free', stop: ' ', refused: '=' } as const;
const SAME = { kind: 'field', use: 'same', stop: ' ' } as const;
