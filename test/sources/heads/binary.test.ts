import { expect, it } from 'vitest';
import { binaryKind, holdsText } from '../../../src/sources/heads/binary.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([...part]))));

it.each([
  ['an encrypted Parquet file', bytes('PARE', [0x15, 0]), 'decrypted'],
  ['a packet capture', bytes([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]), 'tshark'],
  [
    'OTLP protobuf',
    bytes([0x0a, 0x9f, 0x01, 0x0a, 0x20, 0x0a, 0x1e, 0x0a, 0x0c], 'service.name', [0x12, 0x0e]),
    'buf convert',
  ],
  [
    "OTLP protobuf of the Collector's file exporter",
    bytes([0, 0, 1, 0x2a, 0x0a, 0x9f, 0x01, 0x0a, 0x20, 0x0a, 0x1e, 0x0a, 0x0c], 'service.name', [0x12, 0x0e]),
    'format: json',
  ],
  ['a pickle', bytes([0x80, 4, 0x95]), 'pickletools'],
  ['a tar archive', bytes('night/', new Array<number>(251).fill(0), 'ustar'), 'tar -xf'],
  ['lzma', bytes([0x5d, 0, 0, 0x80, 0]), 'xz -dk'],
  ['compress', bytes([0x1f, 0x9d, 0x90]), 'gzip -dc'],
  ['a 7z archive', bytes([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), '7z x'],
  ['a RAR archive', bytes('Rar!', [0x1a, 7, 1]), 'unrar x'],
  ['lines of an old Mac', bytes('Mar  1 02:00:01 a\rMar  1 02:00:02 b\r'), "tr '\\r' '\\n'"],
  [
    'text to which UTF-16 was appended',
    Buffer.concat([bytes('first line\n'), Buffer.from('and the second line\r\n', 'utf16le')]),
    'iconv',
  ],
  ['numbers with zeros between', bytes('ab', [0, 0, 0], 'cd', [0, 0, 0], 'ef'), 'a binary file'],
  ['control characters about a hole', bytes([1, 2], new Array<number>(64).fill(0), 'text'), 'a binary file'],
  ['nothing but a hole', bytes(new Array<number>(64).fill(0)), 'a binary file'],
])('%s is told with the one command that makes it readable', (_, head, command) => {
  expect(binaryKind(head)).toContain(command);
});

it.each([
  ['JSON behind a blank line', '\n{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name"}]}}]}'],
  ['a log with a hole of a crash in it', `Mar  1 02:00:01 node-1 kernel: IN=eth0\n${'\0'.repeat(512)}Mar  1`],
  [
    'a log with a stray NUL byte',
    `Mar  1 02:00:01 node-1 kernel: IN=eth0\n\0\n${'Mar  1 02:00:02 node-1 kernel: IN=eth0\n'.repeat(3)}`,
  ],
  [
    'a log with the control characters that an agent sent',
    `Mar  1 02:00:01 node-1 squid: GET /\0\x07\x01\n${'Mar  1 02:00:02 node-1 kernel: IN=eth0\n'.repeat(9)}`,
  ],
  ['a log line', 'Mar  1 02:00:01 node-1 kernel: IN=eth0'],
  ['a log line with a return at its end', 'Mar  1 02:00:01 node-1 kernel: IN=eth0\r'],
  ['a line with returns inside', 'Mar  1 02:00:01 node-1 10 %\r20 %\rkernel: IN=eth0\nMar  1 02:00:02 node-1'],
  ['JSON with returns', '\uFEFF {"a":1}\r{"a":2}\r'],
  ['XML with returns', '<Event>\r</Event>\r'],
])('%s is text', (_, text) => {
  expect(binaryKind(Buffer.from(text))).toBeUndefined();
});

it.each([
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], true],
  ['UTF-32', [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], true],
  ['lines of an old Mac', [0x61, 13, 0x62], true],
  ['a packet capture', [0xd4, 0xc3, 0xb2, 0xa1], false],
  ['a binary file', [0x61, 0, 0x62, 0], false],
])('%s may hold text that is not read', (_, head, expected) => {
  expect(holdsText(binaryKind(Buffer.from(head)) ?? '')).toBe(expected);
});
