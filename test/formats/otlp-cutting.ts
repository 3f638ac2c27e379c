import type { Buffer } from 'node:buffer';
import { CallColumns } from '../../src/core/calls/columns.ts';
import { formats } from '../../src/formats/index.ts';
import { otlp } from '../../src/formats/otlp/index.ts';
import type { Event } from '../../src/model/event.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import type { SkimmedCalls } from '../../src/reach/skimming/call-skimmer.ts';
import { Tally } from '../../src/reading/counting/tally.ts';
import { CutCalls } from '../../src/reading/decoding/cut-calls.ts';
import type { Recognised } from '../../src/reading/recognising/recognise.ts';
import { newScanMemory } from '../../src/scan/memory.ts';
import { createFramer, type Framer } from '../../src/sources/cutting/frame.ts';
import { createUnwrapper } from '../../src/sources/envelopes/unwrap.ts';
import { callSkimmerOf } from '../../src/threads/call-skimmer-of.ts';

const file: Recognised = {
  input: { path: 'x', absolute: 'x', bytes: 0, modifiedUs: 0 },
  head: {
    auto: 'lines',
    isWrapped: true,
    complete: false,
    digest: '',
    empty: false,
    hasLeapDay: false,
    isPacked: false,
  },
  detection: { format: otlp, others: [], candidates: [] },
};

/** What reading a file tells, in the order of its lines. */
class Reading {
  readonly calls = new CallColumns();
  readonly others: Event[] = [];
  readonly tally = new Tally(file, formats, { path: 'x', zoneOffsetMin: 0, reference: 0 as Micros });
  readonly #unwrap = createUnwrapper();

  keep(events: readonly Event[]): void {
    for (const event of events)
      if (event.kind === 'tool-call') this.calls.push(event);
      else this.others.push(event);
  }

  read(record: RawRecord): void {
    const inner = this.#unwrap(record);
    if (inner === undefined) return;
    const events = this.tally.read(inner);
    this.tally.note(events, events, record.ref.line);
    this.keep(events);
  }

  told(): object {
    this.keep(this.tally.flush());
    const { sha256: _, ...report } = this.tally.report(Promise.resolve(''), 1);
    return { calls: [...this.calls], others: this.others, report };
  }
}

export function parsed(bytes: Buffer): object {
  const reading = new Reading();
  const framer = createFramer('x', 'lines');
  for (const record of [...framer.push(bytes), ...framer.end()]) reading.read(record);
  return reading.told();
}

interface Cut {
  readonly told: object;
  /** Lines that had to be read. */
  readonly read: number;
  /** Calls of the others. */
  readonly calls: number;
}

const { area, others } = newScanMemory({ others: 1, buffers: 1, bytes: 1 });

/** `ends`: of the chunks, which two threads take in turn, which compare lines where they have an area. */
export async function cut(bytes: Buffer, ends: readonly number[], areas = [area, ...others]): Promise<Cut> {
  const reading = new Reading();
  const cuts = new CutCalls(reading.calls, reading.tally, (events) => reading.keep(events));
  const framer = createFramer('x', 'lines', { onLeft: (skimmed, base) => cuts.left(skimmed, base) });
  const threads = [0, 1].map((writer) => callSkimmerOf({ format: 'otlp', source: 'x' }, writer, areas[writer]));
  let read = 0;
  const take = async (records: ReturnType<Framer['push']>): Promise<void> => {
    for (const record of records) {
      await cuts.takeUntil(record.ref.line);
      reading.read(record);
    }
    await cuts.takeUntil(Infinity);
    read += records.length;
  };
  let from = 0;
  for (const [n, end] of [...ends.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length].entries()) {
    const chunk = bytes.subarray(from, end);
    const skimmed = threads[n % 2]?.skim({ chunk, isFirst: n === 0 });
    // As another thread would hand it on.
    const handed: SkimmedCalls | undefined = structuredClone(skimmed);
    await take(framer.push(chunk, handed));
    from = end;
  }
  await take(framer.end());
  return { told: reading.told(), read, calls: cuts.calls };
}
