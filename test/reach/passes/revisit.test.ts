import { expect, it } from 'vitest';
import type { Event, ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Finding } from '../../../src/model/violation.ts';
import { Deferred } from '../../../src/reach/keeping/deferred.ts';
import { Revisit } from '../../../src/reach/passes/revisit.ts';
import { newScanMemory } from '../../../src/scan/memory.ts';
import { timeOf } from '../../event-time.ts';
import { FINDING, openRetention } from '../open-retention.ts';

const at = 1e6 as Micros;
const alertAt = (line: number): ProcessEvent => ({
  kind: 'process',
  clock: 'host',
  op: 'alert',
  format: 'x',
  host: 'a',
  ref: { source: 'host.log', line, offset: line, bytes: 1 },
  time: timeOf(at),
  pid: 7,
  ppid: 3,
});

/** A revisit of one line beside a violation, and how many events were judged in it. */
function revisitOf({ isInOrder }: { readonly isInOrder: boolean }) {
  const judged: Event[] = [];
  const observe = (event: Event): Finding => {
    judged.push(event);
    return FINDING;
  };
  const { interest, sample, retention } = openRetention({ observe });
  retention.first(alertAt(1), { asOf: 0 });
  retention.surroundings.close();
  const deferred = new Deferred({ most: 16_384 });
  deferred.addLife({ line: 2, offset: 2 }, { kind: 'life', host: 'a', pid: 7, ppid: 3, at });
  const rules = { ips: new Set<string>(), nets: [], urls: [], userAgents: [] };
  const memory = newScanMemory({ others: 0, buffers: 0, bytes: 0 });
  const revisit = new Revisit({
    reach: { retention, interest, sample, rules, memory },
    source: 'host.log',
    deferred,
    isInOrder,
  });
  judged.length = 0;
  return { revisit, places: [...revisit.places()], judged };
}

it('a process record that was deferred alone was judged then', () => {
  const { revisit, places, judged } = revisitOf({ isInOrder: false });
  expect(places).toHaveLength(1);
  expect(revisit.keep([alertAt(2)], places[0])).toHaveLength(1);
  expect(judged).toHaveLength(0);
});

it('what may have been kept in the first reading is judged again: every line of formats in order, and one of several events', () => {
  const inOrder = revisitOf({ isInOrder: true });
  expect(inOrder.revisit.keep([alertAt(2)], inOrder.places[0])).toHaveLength(0);
  const several = revisitOf({ isInOrder: false });
  expect(several.revisit.keep([alertAt(2), alertAt(2)], several.places[0])).toHaveLength(0);
});
