import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { JsonObject } from '../json/json.ts';
import { AskedInAnyOrder } from './asked-messages.ts';
import { jsonDecoder } from './session.ts';
import { CallCounter } from './tool-call.ts';

/** What is kept from one record of traces to the next. */
export interface Asking {
  readonly counter: CallCounter;
  readonly asked: AskedInAnyOrder;
}

/** Decoder of traces in which a model's answer may be all that tells of a call: those that nothing else told are told at the end. */
export function askingDecoder(
  read: (doc: JsonObject, record: RawRecord, asking: Asking) => readonly Event[] | Decoded,
): Decoder {
  const asking: Asking = { counter: new CallCounter(), asked: new AskedInAnyOrder() };
  return jsonDecoder(
    (doc, record) => read(doc, record, asking),
    () => asking.asked.flush(asking.counter),
  );
}
