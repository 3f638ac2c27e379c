import { Buffer } from 'node:buffer';
import { tryJson } from '../core/json.ts';
import type { Framing, Sample, SniffRecord } from '../model/format.ts';
import type { InputFile } from './discover.ts';
import { createFramer, cutOf } from './frame.ts';
import { newReadLog, readBytes } from './read.ts';
import { createUnwrapper } from './unwrap.ts';

const HEAD_BYTES = 256 * 1024;
const MAX_RECORDS = 200;

/** The first bytes of a file, decompressed, that detection looks at; the file itself is read again from the start. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The head holds the whole file. */
  readonly complete: boolean;
  /** Set for files that are no text: what they are and what would make them readable. */
  readonly binary?: string;
}

export async function readHead(input: InputFile): Promise<Head> {
  const parts: Uint8Array[] = [];
  let total = 0;
  let complete = true;
  for await (const chunk of readBytes(input, newReadLog())) {
    parts.push(chunk);
    total += chunk.length;
    if (total >= HEAD_BYTES) {
      complete = false;
      break;
    }
  }
  return headOf(Buffer.concat(parts), complete);
}

/** Head of bytes that are already in memory (standard input, archive members). */
function headOf(bytes: Uint8Array, complete: boolean): Head {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  const binary = binaryKind(buffer);
  return { bytes: buffer, text: buffer.toString('utf8'), complete, ...(binary === undefined ? {} : { binary }) };
}

const MAGIC: readonly (readonly [string, string])[] = [
  ['d4c3b2a1', 'a packet capture (pcap): `tshark -r FILE -T ek > packets.ndjson` makes it readable'],
  ['a1b2c3d4', 'a packet capture (pcap): `tshark -r FILE -T ek > packets.ndjson` makes it readable'],
  ['4d3cb2a1', 'a packet capture (pcap): `tshark -r FILE -T ek > packets.ndjson` makes it readable'],
  ['0a0d0d0a', 'a packet capture (pcapng): `tshark -r FILE -T ek > packets.ndjson` makes it readable'],
  ['50415231', "a Parquet file: `duckdb -c \"copy (from 'FILE') to 'rows.jsonl'\"` makes it readable"],
  ['53514c69', 'an SQLite database: `sqlite3 -json FILE "select * from TABLE" > rows.json` makes it readable'],
  ['456c6646', 'a Windows event log (EVTX): `evtx_dump -o jsonl FILE > events.jsonl` makes it readable'],
  ['504b0304', 'a zip archive: `unzip FILE` and pass the folder'],
  ['42494d', 'a binary file'],
];

function binaryKind(buffer: Buffer): string | undefined {
  const magic = buffer.subarray(0, 4).toString('hex');
  for (const [prefix, says] of MAGIC) if (magic.startsWith(prefix)) return says;
  return buffer.includes(0) ? 'a binary file (it holds NUL bytes)' : undefined;
}

/** Cuts the head as one framing would, and unwraps: what detection scores. */
export function sampleOf(path: string, head: Head, framing: Framing): Sample {
  const framer = createFramer(path, cutOf(framing, head.text));
  const records = [...framer.push(head.bytes)];
  if (head.complete || records.length === 0) records.push(...framer.end());
  const unwrap = createUnwrapper();
  const out: SniffRecord[] = [];
  for (const record of records) {
    if (out.length >= MAX_RECORDS) break;
    const text = unwrap(record)?.text;
    if (text !== undefined)
      out.push({ text, json: text.startsWith('{') || text.startsWith('[') ? tryJson(text) : undefined });
  }
  return { path, records: out };
}
