import type { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { readAt } from '../bytes/read-at.ts';
import type { Unpacked } from './tar-member.ts';

/** A zip archive: its path, or what it was unpacked to where it lies in another. */
type ZipFile = string | Unpacked;

/** One file inside a zip archive. */
export interface ZipMember {
  readonly kind: 'zip';
  readonly name: string;
  /** 0 stored, 8 deflate, 93 Zstandard. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly storedBytes: number;
  readonly bytes: number;
  /** Where its local header stands in the archive. */
  readonly headerOffset: number;
  /** Set where the archive lies in another. */
  readonly unpacked?: Unpacked;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** A directory beyond this is refused: it would not fit in memory beside the records. */
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;

/**
 * Members of an archive in name order, folders left out; where a name stands twice the last entry counts (Inspect AI rewrites
 * samples so). A text says why the archive cannot be read. APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
 */
export function listZip(archive: ZipFile): readonly ZipMember[] | string {
  const entries = zipEntries(archive);
  if (typeof entries === 'string') return entries;
  const members = new Map(entries.filter(({ name }) => !name.endsWith('/')).map((entry) => [entry.name, entry]));
  return [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every entry of the directory as it stands, folders and repeated names included; a text says why it cannot be read. */
export function zipEntries(archive: ZipFile): readonly ZipMember[] | string {
  return opened(archive, (fd) => {
    const size = fstatSync(fd).size;
    const directory = findDirectory(fd, size);
    if (typeof directory === 'string') return directory;
    if (directory.bytes > MAX_DIRECTORY_BYTES) return 'its directory is too large';
    if (directory.offset + directory.bytes > size) return 'it is cut short or damaged (its directory lies outside)';
    const entries = readDirectory(readAt(fd, directory.offset, directory.bytes));
    // Writers that know no zip64 count modulo 65536.
    if (typeof entries !== 'string' && (entries.length - directory.entries) % 65_536 !== 0)
      return `it is damaged (its directory lists ${entries.length} of ${directory.entries} entries)`;
    return entries;
  });
}

function opened<T>(archive: ZipFile, look: (fd: number) => T): T {
  if (typeof archive !== 'string') return look(archive.file);
  const fd = openSync(archive, 'r');
  try {
    return look(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Whether an archive is its members, its directory and nothing else, and each member is called the same in both: programs that
 * read from the front, or look for another directory, then find what the directory says. False for zip64. APPNOTE.TXT 4.3.6.
 */
export function isSeamless(path: string, entries: readonly ZipMember[]): boolean {
  const fd = openSync(path, 'r');
  try {
    const size = fstatSync(fd).size;
    const end = readAt(fd, size - END_BYTES, END_BYTES);
    if (end.length < END_BYTES || end.readUInt32LE(0) !== END) return false;
    const [bytes, offset] = [end.readUInt32LE(12), end.readUInt32LE(16)];
    // Numbers of disks, and how many entries are on this one.
    if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== entries.length) return false;
    if (offset + bytes + END_BYTES !== size) return false;
    const inOrder = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
    const starts = [...inOrder.map(({ headerOffset }) => headerOffset), offset];
    return (
      starts[0] === 0 &&
      inOrder.every((member, i) =>
        DESCRIPTOR_BYTES.has((starts[i + 1] ?? 0) - member.headerOffset - localBytes(fd, member)),
      )
    );
  } finally {
    closeSync(fd);
  }
}

const END_BYTES = 22;
/** What may stand behind the data of a member: nothing, or its checksum and lengths without and with a signature. 4.3.9. */
const DESCRIPTOR_BYTES: ReadonlySet<number> = new Set([0, 12, 16]);

/** Length of a member with its local header; NaN where that header is another's. */
function localBytes(fd: number, { headerOffset, name, method, storedBytes }: ZipMember): number {
  const local = readAt(fd, headerOffset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL || local.readUInt16LE(8) !== method) return Number.NaN;
  const nameBytes = local.readUInt16LE(26);
  if (readAt(fd, headerOffset + 30, nameBytes).toString('utf8') !== name) return Number.NaN;
  return 30 + nameBytes + local.readUInt16LE(28) + storedBytes;
}

/** Begins with an entry, or is an empty archive. */
export function isZip(path: string): boolean {
  return opened(path, (fd) => beginsAsZip(readAt(fd, 0, 4)));
}

export function beginsAsZip(head: Buffer): boolean {
  return head.length >= 4 && [LOCAL, END].includes(head.readUInt32LE(0));
}

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
}

function findDirectory(fd: number, size: number): Directory | string {
  const tailAt = Math.max(0, size - 65_557);
  const tail = readAt(fd, tailAt, size - tailAt);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0) return 'it is cut short or damaged (it has no directory)';
  const found = {
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  if (at < 20 || tail.readUInt32LE(at - 20) !== LOCATOR64) return found;
  const end64 = readAt(fd, safe(tail.readBigUInt64LE(at - 12), size), 56);
  if (end64.length < 56 || end64.readUInt32LE(0) !== END64) return 'it is damaged (its zip64 directory is missing)';
  return {
    entries: safe(end64.readBigUInt64LE(32), size),
    bytes: safe(end64.readBigUInt64LE(40), size + 1),
    offset: safe(end64.readBigUInt64LE(48), size),
  };
}

/** A 64-bit number of a hostile file, cut to what can be meant. */
function safe(value: bigint, most: number): number {
  return value > BigInt(most) ? most : Number(value);
}

function readDirectory(bytes: Buffer): readonly ZipMember[] | string {
  const entries: ZipMember[] = [];
  for (let at = 0; at + 46 <= bytes.length && bytes.readUInt32LE(at) === ENTRY; ) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const nameEnd = at + 46 + nameLength;
    if (nameEnd + extraLength > bytes.length) return 'it is damaged (its directory ends inside an entry)';
    const name = bytes.toString('utf8', at + 46, nameEnd);
    const long = longFields(bytes.subarray(nameEnd, nameEnd + extraLength), [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]);
    entries.push({
      kind: 'zip',
      name,
      method: bytes.readUInt16LE(at + 10),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      crc: bytes.readUInt32LE(at + 16),
      bytes: long[0] ?? 0,
      storedBytes: long[1] ?? 0,
      headerOffset: long[2] ?? 0,
    });
    at = nameEnd + extraLength + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** The zip64 extra field (4.5.3) holds, in order, only those numbers that are all ones in the entry. */
function longFields(extra: Buffer, short: readonly number[]): readonly number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let next = at + 4;
      return short.map((value) => {
        if (value !== 0xffffffff || next + 8 > Math.min(extra.length, at + 4 + length)) return value;
        next += 8;
        return safe(extra.readBigUInt64LE(next - 8), Number.MAX_SAFE_INTEGER);
      });
    }
    at += 4 + length;
  }
  return short;
}

/** Where the data of a member begins; undefined when its local header is not there. */
export function dataOffset(path: string, member: ZipMember): number | undefined {
  return opened(member.unpacked ?? path, (fd) => {
    const local = readAt(fd, member.headerOffset, 30);
    if (local.length < 30 || local.readUInt32LE(0) !== LOCAL) return undefined;
    return member.headerOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  });
}

/** When a member was last changed, in local time, as zip stamps are; undefined when its stamp is no date. APPNOTE.TXT 4.4.6. */
export function memberStamp(path: string, member: ZipMember): Date | undefined {
  const fd = openSync(path, 'r');
  try {
    const local = readAt(fd, member.headerOffset, 14);
    if (local.length < 14 || local.readUInt32LE(0) !== LOCAL) return undefined;
    const [time, date] = [local.readUInt16LE(10), local.readUInt16LE(12)];
    const [month, day] = [(date >> 5) & 15, date & 31];
    if (month === 0 || day === 0) return undefined;
    return new Date(1980 + (date >> 9), month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2);
  } finally {
    closeSync(fd);
  }
}
