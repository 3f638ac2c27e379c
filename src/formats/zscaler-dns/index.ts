import { type FieldMap, flatFields, mappedFormat } from '../../core/tables/mapping.ts';

/** A query that was let through may still be refused by what came back. */
function ruling(f: FieldMap): { rule: string | undefined; actionRaw: string | undefined } {
  const side = /^RES_BLOCK/.test(f['resaction'] ?? '') ? 'res' : 'req';
  const rule = f[`${side}rulelabel`]?.replace(/%20/g, ' ');
  return { rule: rule === 'None' ? undefined : rule, actionRaw: f[`${side}action`]?.replace(/^RE[QS]_/, '') };
}

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
    ...ruling(f),
    srcIp: f['clt_sip'],
    dstIp: f['srv_dip'],
    dstPort: f['srv_dport'],
    query: f['dns_req'],
    queryType: f['dns_reqtype'],
  }),
  stamp: (f) => f['datetime'] ?? f['time'],
});
