import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { ruleOf, wordOf } from '../../core/network/network.ts';
import { azureRecords, FlowTuples } from '../../core/products/azure.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

const FLOW_KEY = /^flow\.\d+$/;

/** Azure flow logs that a forwarder cut into one object per rule: `"flow.0": tuple`. */
export const azureFlowFlattened: Format = {
  id: 'azure-flow-flattened',
  title: 'Azure flow logs, flattened by a forwarder',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'flow tuple: epoch s (NSG) or ms (virtual network); time is the batch',
  traps: ['tuples of both flow log kinds occur', 'time is the batch, not the flow'],
  claims,
  open: () => {
    const tuples = new FlowTuples();
    return {
      decode(record) {
        const events: NetworkEvent[] = [];
        for (const flow of azureRecords(tryJson(record.text))) {
          const context = {
            format: 'azure-flow-flattened',
            rule: ruleOf(flow['rule'], undefined, flow['aclID']),
            batch: flow['time'],
            observer: wordOf(flow['macAddress']),
          };
          for (const tuple of tuplesOf(flow)) {
            const event = tuples.read(record, tuple, context);
            if (event !== undefined) events.push(event);
          }
        }
        return events.length === 0 ? failed('no flow tuple') : decoded(...events);
      },
    };
  },
};

function tuplesOf(flow: JsonObject): readonly unknown[] {
  const out: unknown[] = [];
  for (const [key, value] of Object.entries(flow)) if (FLOW_KEY.test(key)) out.push(value);
  return out;
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  return azureRecords(json).some((flow) => tuplesOf(flow).length > 0 && 'rule' in flow)
    ? yes(0.98, 'flow.N tuples beside a rule')
    : no('no flow.N tuple');
}
