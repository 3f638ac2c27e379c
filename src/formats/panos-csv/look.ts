import { freeNumbers } from '../../core/looks/line-template.ts';
import { emptyTraffic, wholeNumberAt } from '../../core/looks/look.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template, ValueUse } from '../../model/template.ts';
import { START } from './start.ts';

/** Columns that tell one TRAFFIC row from another, by number: see the format's README. */
const SUBTYPE = 4;
const CLIENT = 7;
const NAT_DST = 10;
const RULE = 11;
const REPEATS = 23;
const CLIENT_PORT = 24;
const NAT_PORT = 26;
const ACTION = 30;
const BYTES_SENT = 32;
/** The row must go on behind this one. */
const LAST = BYTES_SENT + 1;
/** The key is made of these. */
const COMPARED: ReadonlySet<number> = new Set([
  SUBTYPE,
  CLIENT + 1,
  NAT_DST,
  RULE,
  16,
  17,
  18,
  19,
  CLIENT_PORT + 1,
  NAT_PORT + 1,
  29,
  ACTION,
]);
const TYPE = ',TRAFFIC,';
/** Below 1 GiB no rule looks at the bytes of a session: that is 10 digits. */
const TELLING_DIGITS = 10;

/** Looks at TRAFFIC rows that need no quotes and stand for one session each. */
export function lookAtTraffic(): Look {
  const glance = emptyTraffic();
  const commas = new Int32Array(LAST + 1);
  const look = (line: string): Glance | undefined => {
    if (!findCommas(line, commas) || START.exec(line.slice(0, (commas[2] ?? 0) + TYPE.length))?.[4] !== 'TRAFFIC')
      return undefined;
    const cell = (from: number, to: number): string => line.slice(commas[from - 1], commas[to]);
    const repeats = cell(REPEATS, REPEATS);
    if ((repeats !== ',1' && repeats !== ',0') || cell(BYTES_SENT, BYTES_SENT).length > TELLING_DIGITS)
      return undefined;
    glance.key = `${cell(SUBTYPE, SUBTYPE)}${cell(CLIENT + 1, CLIENT + 1)}${cell(NAT_DST, RULE)}${cell(16, 19)}${cell(CLIENT_PORT + 1, CLIENT_PORT + 1)}${cell(NAT_PORT + 1, NAT_PORT + 1)}${cell(29, ACTION)}`;
    glance.clientIp = cell(CLIENT, CLIENT).slice(1);
    if (glance.clientIp.includes(':')) return undefined;
    glance.port = wholeNumberAt(line, (commas[CLIENT_PORT - 1] ?? 0) + 1);
    glance.natPort = wholeNumberAt(line, (commas[NAT_PORT - 1] ?? 0) + 1);
    return glance.port < 0 || glance.natPort < 0 ? undefined : glance;
  };
  return Object.assign(look, { templateOf: (line: string) => templateOf(line, commas) });
}

/** Notes where the commas behind the columns stand, from the one before the type on; false where the row is no plain one. */
function findCommas(line: string, commas: Int32Array): boolean {
  const type = line.indexOf(TYPE);
  if (type < 0 || line.indexOf('"') >= 0) return false;
  // Three columns stand before the type: the first may be behind a syslog header.
  commas[2] = type;
  for (let column = 3, at = type; column < commas.length; column++) {
    at = line.indexOf(',', at + 1);
    if (at < 0) return false;
    commas[column] = at;
  }
  return true;
}

/** Before the type only digits may differ: nothing there can be taken for it, and a time stays one. */
function templateOf(line: string, commas: Int32Array): Template | undefined {
  if (!findCommas(line, commas)) return undefined;
  const type = commas[2] ?? 0;
  const repeats = line.slice(commas[REPEATS - 1], commas[REPEATS]);
  const cells = Array.from({ length: LAST - SUBTYPE + 1 }, (_, i): Template => {
    const column = SUBTYPE + i;
    if (column === REPEATS) return [{ literal: repeats }];
    return [{ literal: ',' }, { kind: 'field', use: useOf(column), stop: ',', refused: '"' }];
  });
  return [
    ...freeNumbers(line.slice(0, type), { isExact: true }),
    { literal: ',TRAFFIC' },
    ...cells.flat(),
    { literal: ',' },
    { kind: 'field', use: 'free', stop: '\n', refused: '"' },
  ];
}

function useOf(column: number): ValueUse {
  if (column === CLIENT) return 'client';
  if (column === CLIENT_PORT) return 'port';
  if (column === NAT_PORT) return 'natPort';
  if (column === BYTES_SENT) return 'few';
  return COMPARED.has(column) ? 'same' : 'free';
}
