import { flatFields, mappedFormat } from '../../core/tables/mapping.ts';

export const gatewatcherJson = mappedFormat({
  format: {
    id: 'gatewatcher-json',
    title: 'Gatewatcher GCenter (JSON)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: '@timestamp, ISO UTC',
    traps: ['network.timestamp is the packet, @timestamp the alert'],
  },
  mark: /"vendor"\s*:\s*"gatewatcher"/,
  score: 0.98,
  fields: (text) => flatFields(text),
  facts: (f) => ({
    srcIp: f['source.ip'],
    srcPort: f['source.port'],
    dstIp: f['destination.ip'],
    dstPort: f['destination.port'],
    transport: f['network.transport'],
    rule: f['sigflow.signature'] ?? f['rule.name'],
    ruleId: f['sigflow.signature_id'],
    actionRaw: f['sigflow.action'] ?? f['event.action'],
    domain: f['dns.question.name'] ?? f['http.hostname'],
    flowId: f['network.flow_id'],
    observer: f['observer.hostname'],
  }),
  // A signature that let the packet pass has seen it all the same.
  type: (f) => (f['sigflow.signature'] === undefined ? 'flow' : 'alert'),
  stamp: (f) => f['@timestamp'],
});
