import type { Buffer } from 'node:buffer';
import { wordTable } from '../../core/word-table.ts';

/** Headers take one block; the data behind them fills whole ones. */
export const BLOCK = 512;

/** What an entry of a tar archive says of itself. */
export interface Header {
  readonly name: string;
  /** See `KINDS`. */
  readonly type: string;
  /** Of the data behind it. */
  readonly bytes: number;
  /** Last modification, seconds since the epoch. */
  readonly modifiedS: number;
  /** Blocks with the rest of a sparse file's map stand before its data. */
  readonly isContinued: boolean;
}

/** What an entry is: read, left out, or said of the entry behind it. `note`: of all that follow, of a link, of the volume. */
type Kind = 'file' | 'folder' | 'link' | 'special' | 'sparse' | 'note' | 'facts' | 'name';

/** By its type. POSIX.1-2024, pax, `ustar Interchange Format`; GNU tar 1.35, `tar.h`. */
export const KINDS: Readonly<Record<string, Kind>> = wordTable<Kind>({
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
  '3': 'special',
  '4': 'special',
  '6': 'special',
  '5': 'folder',
  D: 'folder',
  S: 'sparse',
  g: 'note',
  K: 'note',
  V: 'note',
  x: 'facts',
  X: 'facts',
  L: 'name',
});

/** Links, devices and folders have no data, whatever length they state. */
const WITHOUT_DATA = new Set(['1', '2', '3', '4', '5', '6']);

/** The header in a block; undefined where there is none, or a damaged one. */
export function headerOf(block: Buffer): Header | undefined {
  const bytes = numberOf(block.subarray(124, 136));
  if (!hasItsSum(block) || bytes === undefined) return undefined;
  const own = textOf(block.subarray(0, 100));
  // GNU's own format, `ustar` and blanks, has times where POSIX has the rest of a long name.
  const before = block.toString('latin1', 257, 263) === 'ustar\0' ? textOf(block.subarray(345, 500)) : '';
  const type = block.toString('latin1', 156, 157);
  return {
    name: before === '' ? own : `${before}/${own}`,
    // Before there were types a folder was told by its name.
    type: type === '\0' && own.endsWith('/') ? '5' : type,
    bytes: WITHOUT_DATA.has(type) ? 0 : bytes,
    modifiedS: numberOf(block.subarray(136, 148)) ?? 0,
    isContinued: type === 'S' && block[482] === 1,
  };
}

/** Whether another such block stands behind this one of a sparse file's map. */
export function goesOn(map: Buffer): boolean {
  return map[504] === 1;
}

export function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

const SUM_FROM = 148;
const SUM_TO = 156;
const BLANK = 32;

/** The sum counts its own place as blanks. Some old writers took bytes for signed. */
function hasItsSum(block: Buffer): boolean {
  const stated = numberOf(block.subarray(SUM_FROM, SUM_TO));
  let sum = 0;
  let above = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= SUM_FROM && i < SUM_TO ? BLANK : (block[i] ?? 0);
    sum += byte;
    if (byte > 127) above++;
  }
  return stated === sum || stated === sum - above * 256;
}

/** Octal digits, or where those are too few the bytes of a number behind 0x80. */
function numberOf(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^[ \0]*([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits || '0', 8);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Up to the first NUL. What is no UTF-8 is read as Latin-1: two names must not become one. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return UTF8.decode(text);
  } catch {
    return text.toString('latin1');
  }
}

/** What an extended header says of the entry behind it. */
export interface Facts {
  readonly name?: string;
  readonly bytes?: number;
  readonly modifiedS?: number;
  readonly isSparse?: true;
}

/** Records `LENGTH KEY=VALUE\n`, the length that of the whole record. Undefined where they are damaged. */
export function factsOf(bytes: Buffer): Facts | undefined {
  let facts: Facts = {};
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const blank = bytes.indexOf(BLANK, at);
    const length = Number(bytes.toString('latin1', at, blank));
    const end = at + length;
    const equals = bytes.indexOf('=', blank);
    if (blank < 0 || !Number.isInteger(length) || end > bytes.length || equals < 0 || equals >= end) return undefined;
    if (bytes[end - 1] !== 10) return undefined;
    const key = bytes.toString('latin1', blank + 1, equals);
    const fact = factOf(key, textOf(bytes.subarray(equals + 1, end - 1)));
    if (fact === undefined) return undefined;
    facts = { ...facts, ...fact };
    at = end;
  }
  return facts;
}

function factOf(key: string, value: string): Facts | undefined {
  if (key === 'path') return { name: value };
  if (key.startsWith('GNU.sparse.') || key === 'SCHILY.realsize') return { isSparse: true };
  const number = Number(value);
  if (key === 'size') return Number.isSafeInteger(number) && number >= 0 ? { bytes: number } : undefined;
  return key === 'mtime' && Number.isFinite(number) ? { modifiedS: number } : {};
}
