import { decoded, failed, no, skipped, yes } from '../core/decoded.ts';
import { RowReader } from '../core/tables/rows.ts';
import type { Event } from '../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Role } from '../model/format.ts';
import { IMPORT_FIELDS, type Importer, type ImporterSpec, type ImportKind } from '../model/importer.ts';
import type { RawRecord } from '../model/source.ts';
import { callReader } from './calls.ts';
import { readEpisode } from './episodes.ts';
import { readLease } from './leases.ts';
import { type MappedRow, rowOf } from './mapped-row.ts';
import { readNetwork } from './network.ts';
import { readProcess } from './processes.ts';

const ROLES: Readonly<Record<ImportKind, readonly Role[]>> = {
  'tool-call': ['tool-call', 'episode'],
  episode: ['episode'],
  network: ['violation', 'flow'],
  process: ['process', 'socket'],
  lease: ['lease'],
};

/** Events of one row, or why there are none. */
type RowDecoder = (row: MappedRow) => readonly Event[] | string;

/** The format of a user's own JSON-lines or CSV files: its files are known by their paths, never by their content. */
export function createImporter(spec: ImporterSpec): Importer {
  return {
    match: spec.match,
    format: {
      id: spec.name,
      title: `importer of the configuration for ${spec.match}`,
      roles: ROLES[spec.kind],
      framing: 'auto',
      status: 'documented',
      clock: `${spec.fields['time'] ?? 'none'}, as the configuration says`,
      traps: ['a mapping says what a field means; the program cannot check that it is true'],
      claims: () => no('read only where the configuration says so'),
      sniff: () => yes(1, `named by the configuration for ${spec.match}`),
      open: (context) => openImporter(spec, context),
    },
  };
}

function openImporter(spec: ImporterSpec, context: DecodeContext): Decoder {
  const columns = Object.values(spec.fields).filter((path) => !path.startsWith('='));
  const rows = new RowReader((names) => columns.some((column) => names.includes(column)));
  const zone = spec.zoneOffsetMin ?? context.zoneOffsetMin;
  const read = decoderOf(spec.kind);
  return { decode: (record) => decode(record, rows, (row, ref) => read(rowOf(spec, { row, record, ref, zone }))) };

  function decode(
    record: RawRecord,
    reader: RowReader,
    decodeRow: (row: Readonly<Record<string, unknown>>, ref: RawRecord['ref']) => readonly Event[] | string,
  ): Decoded {
    const found = reader.read(record);
    if (found.is === 'bad') return failed('neither a JSON object nor a row under a header with a mapped column');
    if (found.is !== 'row') return found.is === 'held' ? decoded() : skipped(found.is);
    const events = decodeRow(found.row, found.ref);
    return typeof events === 'string' ? failed(events) : decoded(...events);
  }
}

function decoderOf(kind: ImportKind): RowDecoder {
  const read = readerOf(kind);
  return (row) => {
    const absent = IMPORT_FIELDS[kind].needs.find((field) => !row.has(field));
    return absent === undefined ? read(row) : `no ${absent} under ${row.pathOf(absent)}`;
  };
}

function readerOf(kind: ImportKind): RowDecoder {
  switch (kind) {
    case 'tool-call':
      return callReader();
    case 'episode':
      return readEpisode;
    case 'network':
      return readNetwork;
    case 'process':
      return readProcess;
    case 'lease':
      return readLease;
  }
}
