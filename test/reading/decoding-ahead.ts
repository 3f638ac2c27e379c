import type { Buffer } from 'node:buffer';
import { formats } from '../../src/formats/index.ts';
import type { Event } from '../../src/model/event.ts';
import type { Format } from '../../src/model/format.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import type { SkimmedRecords } from '../../src/reach/skimming/record-skimmer.ts';
import { Tally } from '../../src/reading/counting/tally.ts';
import { DecodedAhead } from '../../src/reading/decoding/decoded-ahead.ts';
import type { Recognised } from '../../src/reading/recognising/recognise.ts';
import { emptyStore, keepAll } from '../../src/reading/store/evidence-store.ts';
import { type Area, newScanMemory } from '../../src/scan/memory.ts';
import { createFramer } from '../../src/sources/cutting/frame.ts';
import { createUnwrapper } from '../../src/sources/envelopes/unwrap.ts';
import { recordSkimmerOf } from '../../src/threads/record-skimmer-of.ts';

const { area, others } = newScanMemory({ others: 1, buffers: 1, bytes: 1 });
const context = { path: 'x', zoneOffsetMin: 480, reference: 0 as Micros };

/** What reading a file tells, in the order of its records. */
class Reading {
  readonly store = emptyStore();
  readonly tally: Tally;
  readonly #unwrap = createUnwrapper();

  constructor(format: Format) {
    const file: Recognised = {
      input: { path: 'x', absolute: 'x', bytes: 0, modifiedUs: 0 },
      head: {
        auto: 'lines',
        isWrapped: false,
        complete: false,
        digest: '',
        empty: false,
        hasLeapDay: false,
        isPacked: false,
      },
      detection: { format, others: [], candidates: [] },
    };
    this.tally = new Tally(file, formats, context);
  }

  keep(events: readonly Event[]): void {
    keepAll(this.store, events);
  }

  /** As it comes out of its envelope, if it does. */
  opened(record: RawRecord): RawRecord | undefined {
    return this.#unwrap(record);
  }

  read(record: RawRecord): void {
    const events = this.tally.read(record);
    this.tally.note(events, events, record.ref.line);
    this.keep(events);
  }

  told(): object {
    this.keep(this.tally.flush());
    const { sha256: _, ...report } = this.tally.report(Promise.resolve(''), 1);
    const kept = Object.fromEntries(Object.entries(this.store).map(([kind, list]) => [kind, [...list]]));
    return { kept, report };
  }
}

export function decodedPlainly({ format, framing }: Framed, bytes: Buffer): object {
  const reading = new Reading(format);
  const framer = createFramer('x', framing);
  for (const record of [...framer.push(bytes), ...framer.end()]) {
    const inner = reading.opened(record);
    if (inner !== undefined) reading.read(inner);
  }
  return reading.told();
}

/** How a file is cut, which is not always what its format says. */
export interface Framed {
  readonly format: Format;
  readonly framing: 'lines' | { readonly startsRecord: RegExp };
}

interface Ahead {
  readonly told: object;
  /** Records that were not decoded ahead. */
  readonly read: number;
}

/** `ends`: of the chunks, which two threads take in turn, which compare lines where they have an area. */
export async function decodedAhead(
  { format, framing }: Framed,
  bytes: Buffer,
  ends: readonly number[],
  areas: readonly (Area | undefined)[] = [area, ...others],
): Promise<Ahead> {
  const reading = new Reading(format);
  const { tally, store } = reading;
  const emit = (events: readonly Event[]): void => reading.keep(events);
  const ahead = new DecodedAhead({ tally, emit, leases: store.leases, source: 'x' });
  const framer = createFramer('x', framing, { onLeft: (...left) => ahead.left(...left) });
  const starts = framing === 'lines' ? undefined : framing.startsRecord;
  const task = { kind: 'records', format: format.id, context, starts } as const;
  const threads = areas.map((one) => recordSkimmerOf(task, one));
  let read = 0;
  const take = async (records: readonly RawRecord[]): Promise<void> => {
    for (const record of records) {
      const inner = reading.opened(record);
      if (inner === undefined) continue;
      await ahead.takeUntil(inner.ref.line);
      reading.read(inner);
    }
    await ahead.takeUntil(Infinity);
    read += records.length;
  };
  let from = 0;
  for (const [n, end] of [...ends.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length].entries()) {
    const chunk = bytes.subarray(from, end);
    // As another thread would hand it on.
    const handed: SkimmedRecords | undefined = structuredClone(threads[n % 2]?.skim({ chunk, isFirst: n === 0 }));
    await take(framer.push(chunk, handed));
    from = end;
  }
  await take(framer.end());
  return { told: reading.told(), read };
}
