import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { ruleOf, wordOf } from '../../core/network/network.ts';
import { azureRecords, FlowTuples } from '../../core/products/azure.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** NSG flow logs of Azure Network Watcher, versions 1 and 2. */
export const azureNsgFlow: Format = {
  id: 'azure-nsg-flow',
  title: 'Azure NSG flow logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'flow tuple: epoch s; time is the batch, about a minute later',
  traps: [
    'one document holds an hour of flows',
    'states C and E stand for the time since the flow was last written',
    'version 1 has no state and no counters',
  ],
  claims,
  open: () => {
    const tuples = new FlowTuples();
    return {
      decode(record) {
        const flows = azureRecords(tryJson(record.text)).filter(isNsgFlow);
        if (flows.length === 0) return failed('no NSG flow record');
        const events = flows.flatMap((flow) => recordEvents(record, flow, tuples));
        return events.length === 0 ? skipped('record without flows') : decoded(...events);
      },
    };
  },
};

function isNsgFlow(record: JsonObject): boolean {
  const flows = at(record, 'properties', 'flows');
  return Array.isArray(flows) && (record['category'] === 'NetworkSecurityGroupFlowEvent' || hasTuples(flows));
}

function hasTuples(flows: readonly unknown[]): boolean {
  return flows.some((flow) => arrayOf(at(flow, 'flows')).some((inner) => Array.isArray(at(inner, 'flowTuples'))));
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  return azureRecords(json).some(isNsgFlow) ? yes(0.98, 'NSG flow tuples') : no('no properties.flows with tuples');
}

function recordEvents(record: RawRecord, flowRecord: JsonObject, tuples: FlowTuples): NetworkEvent[] {
  const events: NetworkEvent[] = [];
  for (const group of arrayOf(at(flowRecord, 'properties', 'flows'))) {
    for (const inner of arrayOf(at(group, 'flows'))) {
      const context = {
        format: 'azure-nsg-flow',
        rule: ruleOf(at(group, 'rule')),
        batch: flowRecord['time'],
        observer: wordOf(at(inner, 'mac')) ?? wordOf(flowRecord['macAddress']),
      };
      for (const tuple of arrayOf(at(inner, 'flowTuples'))) {
        const event = tuples.read(record, tuple, context);
        if (event !== undefined) events.push(event);
      }
    }
  }
  return events;
}
