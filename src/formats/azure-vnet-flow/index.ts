import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { ruleOf, wordOf } from '../../core/network/network.ts';
import { azureRecords, FlowTuples, resourceName } from '../../core/products/azure.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Virtual network flow logs of Azure Network Watcher, version 4. */
export const azureVnetFlow: Format = {
  id: 'azure-vnet-flow',
  title: 'Azure virtual network flow logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'flow tuple: epoch ms; time is the batch, about a minute later',
  traps: [
    'one document holds an hour of flows',
    'denied is state D: there is no allow or deny column',
    'states C and E stand for the time since the flow was last written',
  ],
  claims,
  open: () => {
    const tuples = new FlowTuples();
    return {
      decode(record) {
        const flows = azureRecords(tryJson(record.text)).filter(isVnetFlow);
        if (flows.length === 0) return failed('no virtual network flow record');
        const events = flows.flatMap((flow) => recordEvents(record, flow, tuples));
        return events.length === 0 ? skipped('record without flows') : decoded(...events);
      },
    };
  },
};

function isVnetFlow(record: JsonObject): boolean {
  return Array.isArray(at(record, 'flowRecords', 'flows'));
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  return azureRecords(json).some(isVnetFlow) ? yes(0.98, 'flowRecords.flows') : no('no flowRecords.flows');
}

function recordEvents(record: RawRecord, flowRecord: JsonObject, tuples: FlowTuples): NetworkEvent[] {
  const events: NetworkEvent[] = [];
  const observer = wordOf(flowRecord['macAddress']) ?? resourceName(flowRecord['targetResourceID']);
  for (const list of arrayOf(at(flowRecord, 'flowRecords', 'flows'))) {
    for (const group of arrayOf(at(list, 'flowGroups'))) {
      const rule = ruleOf(at(group, 'rule'), undefined, at(list, 'aclID'));
      const context = { format: 'azure-vnet-flow', rule, batch: flowRecord['time'], observer };
      for (const tuple of arrayOf(at(group, 'flowTuples'))) {
        const event = tuples.read(record, tuple, context);
        if (event !== undefined) events.push(event);
      }
    }
  }
  return events;
}
