import type { Buffer } from 'node:buffer';

const CAPTURE = '`tshark -r FILE -T ek > packets.ndjson` makes it readable';

/** First bytes as hex, and what a file that begins so is. All of these hold bytes that no log text begins with. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['d4c3b2a1', `a packet capture (pcap): ${CAPTURE}`],
  ['a1b2c3d4', `a packet capture (pcap): ${CAPTURE}`],
  ['4d3cb2a1', `a packet capture (pcap): ${CAPTURE}`],
  ['a1b23c4d', `a packet capture (pcap): ${CAPTURE}`],
  ['0a0d0d0a', `a packet capture (pcapng): ${CAPTURE}`],
  [
    '53514c69746520666f726d6174203300',
    'an SQLite database: `sqlite3 -json FILE "select * from TABLE" > rows.json` makes it readable',
  ],
  ['456c6646696c6500', 'a Windows event log (EVTX): `evtx_dump -o jsonl FILE > events.jsonl` makes it readable'],
];

/** The same of files that hold text, such as logs, in a way that is not opened here. */
const WRAPPED: readonly (readonly [string, string])[] = [
  [
    '504b0304',
    'a zip archive: `unzip FILE` and pass the folder (one that is cut short: `zip -FF FILE --out whole.zip`)',
  ],
  ['fd377a585a00', 'compressed with xz: `xz -dk FILE` makes it readable'],
  ['425a68', 'compressed with bzip2: `bzip2 -dk FILE` makes it readable'],
  ['04224d18', 'compressed with lz4: `lz4 -dk FILE` makes it readable'],
  ['50415245', 'an encrypted Parquet file: it is read once it is decrypted'],
  ['fffe0000', 'UTF-32 text: `iconv -f UTF-32 -t UTF-8 FILE > utf8.log` makes it readable'],
  ['1f9d', 'compressed with compress: `gzip -dc FILE > plain.log` makes it readable'],
  ['5d000080', 'compressed with lzma: `xz -dk --format=lzma FILE` makes it readable'],
  ['377abcaf271c', 'a 7z archive: `7z x FILE` and pass the folder'],
  ['526172211a07', 'a RAR archive: `unrar x FILE` and pass the folder'],
];
/** Where the first header of a tar archive says `ustar`. */
const USTAR_AT = 257;
const TAR =
  'a tar archive: `mkdir night && tar -xf FILE -C night` and pass the folder (tar knows by itself how it is compressed)';
const RETURNS = "text whose lines end with CR alone: `tr '\\r' '\\n' < FILE > lines.log` makes it readable";

const TWO_ENCODINGS =
  'text that goes on in UTF-16: its parts, each in a file of its own (`iconv -f UTF-16LE -t UTF-8` for the second), are readable';

/** Unpickling runs what the file says, so the advice is not to. */
const PICKLE =
  'a Python pickle: write it as JSON lines where it was made; `python3 -m pickletools FILE` lists it without running it';
const JOURNAL = 'a systemd journal: `journalctl --file FILE -o json > journal.jsonl` makes it readable';

/** Exporters can write the same as JSON, which needs no conversion. */
const OTLP =
  'OTLP in protobuf: `buf convert buf.build/opentelemetry/opentelemetry --type opentelemetry.proto.trace.v1.TracesData --from FILE#format=binpb --to spans.json` makes it readable (LogsData, MetricsData for the others)';

/** Lengths of four bytes stand before its messages, so no converter takes it as it is. */
const OTLP_FILE =
  "OTLP in protobuf as the Collector's file exporter writes it: `format: json` in its configuration makes the next one readable; of this one, `tail -c +5 FILE > first.binpb` gives the first message for `buf convert`";

const HOLDS_TEXT: ReadonlySet<string> = new Set([...WRAPPED.map(([, says]) => says), TAR, RETURNS, TWO_ENCODINGS]);

/** Whether what `binaryKind` tells of a file is that there is text in it: that it was not read leaves a hole. */
export function holdsText(kind: string): boolean {
  return HOLDS_TEXT.has(kind);
}

/** What a file that is no text, or in no lines, is and the one command that makes it readable; undefined for text. */
export function binaryKind(head: Buffer): string | undefined {
  const start = head.subarray(0, 16).toString('hex');
  const known = [...MAGIC, ...WRAPPED].find(
    ([magic]) => start.startsWith(magic) && (magic !== '425a68' || isBzip2(head)),
  );
  if (known !== undefined) return known[1];
  if (/^80[0-9a-f]{2}/.test(start) && (head[1] ?? 9) >= 2 && (head[1] ?? 9) <= 5) return PICKLE;
  if (isOtlp(head)) return OTLP;
  if (head.length > 8 && head[0] === 0 && isOtlp(head.subarray(4))) return OTLP_FILE;
  if (head.toString('latin1', USTAR_AT, USTAR_AT + 5) === 'ustar') return TAR;
  if (hasOnlyReturns(head)) return RETURNS;
  // Binary fields of a journal export hold NUL bytes in their lengths.
  if (!head.includes(0) || start.startsWith('5f5f435552534f523d')) return undefined;
  if (start.startsWith('4c504b5348485248')) return JOURNAL;
  if (isTextWithHoles(head)) return undefined;
  if (goesOnInUtf16(head)) return TWO_ENCODINGS;
  return 'a binary file (it holds NUL bytes)';
}

const RETURN = 13;
const NEWLINE = 10;

/** As on old Macs: all of it would be one line. JSON and XML need no lines. */
function hasOnlyReturns(head: Buffer): boolean {
  const at = head.indexOf(RETURN);
  if (at < 0 || at === head.length - 1 || head.includes(NEWLINE) || head.includes(0)) return false;
  return !/^\s*[[{<]/.test(head.toString('latin1', 0, 64).replace(/^\xef\xbb\xbf/, ''));
}

/** Shorter runs of NUL bytes are numbers, or the ends of words that a program wrote with its text. */
const SHORTEST_HOLE = 16;
/** Where more than one byte in so many stands in such runs or is another control character, the file holds numbers. */
const STRAY = 100;

/**
 * A log of a machine that crashed: what was not yet on the disk reads as NUL bytes. Or one with a stray NUL byte here and there, which
 * who is logged may have sent: two bytes of an agent's must not take a whole log out of sight.
 */
function isTextWithHoles(head: Buffer): boolean {
  let text = 0;
  let stray = 0;
  for (let i = 0; i < head.length; i++) {
    const byte = head[i] ?? 0;
    if (byte !== 0) {
      if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) stray++;
      else text++;
      continue;
    }
    const from = i;
    while (head[i + 1] === 0) i++;
    if (i + 1 - from < SHORTEST_HOLE && i + 1 < head.length) stray += i + 1 - from;
  }
  return text > stray * STRAY;
}

const HALVES_LOOKED_AT = 128;

/** Somebody appended to a text as PowerShell does: from the first NUL byte on every second one is NUL. */
function goesOnInUtf16(head: Buffer): boolean {
  const first = head.indexOf(0);
  const halves = [...head.subarray(first, first + HALVES_LOOKED_AT)];
  const isText = (byte: number): boolean => (byte >= 32 && byte < 127) || (byte >= 9 && byte <= 13);
  const before = head
    .subarray(0, first)
    .toString('latin1')
    .replace(/(?:\xff\xfe|\xfe\xff).?$/s, '');
  return (
    halves.length > 16 &&
    /^[\t-\r -~\x80-\xff]*$/.test(before) &&
    halves.every((byte, i) => (i % 2 === 0 ? byte === 0 : isText(byte)))
  );
}

/** `BZh`, the level and the first block's magic. */
function isBzip2(head: Buffer): boolean {
  return head.subarray(4, 10).toString('hex') === '314159265359';
}

/** Field 1 of the request holds field 1, the resource, whose attributes are named; text has no control characters between. */
function isOtlp(head: Buffer): boolean {
  if (head[0] !== 0x0a || !head.subarray(2, 6).includes(0x0a)) return false;
  const named = head.includes('service.name') || head.includes('telemetry.sdk.');
  return named && head.some((byte) => byte < 9 || (byte > 13 && byte < 32));
}
