import { flatFields, mappedFormat } from '../../core/mapping.ts';

export const zscalerDns = mappedFormat({
  format: {
    id: 'zscaler-dns',
    title: 'Zscaler NSS DNS (JSON)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'datetime, UTC by feed default',
    traps: ['reqaction and resaction are separate verdicts'],
  },
  mark: /"sourcetype"\s*:\s*"zscalernss-dns"/,
  score: 0.97,
  fields: (text) => flatFields(text, 'event'),
  facts: (f) => ({
    srcIp: f['clt_sip'],
    dstIp: f['srv_dip'],
    dstPort: f['srv_dport'],
    rule: f['reqrulelabel']?.replace(/%20/g, ' '),
    actionRaw: f['reqaction']?.replace(/^REQ_/, ''),
    query: f['dns_req'],
    queryType: f['dns_reqtype'],
  }),
  stamp: (f) => f['datetime'] ?? f['time'],
});
