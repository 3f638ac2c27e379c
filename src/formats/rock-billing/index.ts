import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseRockLine, ROCK_STARTS } from '../../core/products/rock.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { alikeLeases } from './alike.ts';
import { leaseReader, type ReadLeases } from './sandbox.ts';

/** ROCK's `billing.log`: the whole sandbox record, written at every stop. */
export const rockBilling: Format = {
  id: 'rock-billing',
  title: 'ROCK billing log',
  roles: ['lease'],
  framing: { startsRecord: ROCK_STARTS },
  status: 'documented',
  clock: 'ISO 8601 with offset, whole seconds, inside the record; the line is written at the stop',
  traps: ['a sandbox that still runs is not there yet', 'the record may hold secrets: only address and times are read'],
  claims,
  isDecodedAhead: true,
  alike: alikeLeases,
  open: ({ zoneOffsetMin }) => {
    const leasesIn = leaseReader();
    return { decode: (record) => decode(record, leasesIn, zoneOffsetMin) };
  },
};

function claims({ text }: SniffRecord): Sniff {
  return ROCK_STARTS.test(text) && text.includes('[billing]')
    ? yes(0.98, 'ROCK log line of logger billing')
    : no('no billing line');
}

function decode(record: RawRecord, leasesIn: ReadLeases, zoneOffsetMin: number): Decoded {
  const line = parseRockLine(record.text, zoneOffsetMin);
  if (line === undefined) return failed('no ROCK log line');
  if (line.logger !== 'billing') return skipped(`logger ${line.logger}`);
  const leases = leasesIn(line.message, { format: 'rock-billing', ref: record.ref });
  if (leases === undefined) return skipped('message without a record');
  return leases.length === 0 ? failed('no sandbox_id') : decoded(...leases);
}
