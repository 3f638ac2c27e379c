import { flatFields, mappedFormat } from '../../core/tables/mapping.ts';

export const zscalerWeb = mappedFormat({
  format: {
    id: 'zscaler-web',
    title: 'Zscaler NSS web (JSON)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'time, UTC by feed default',
    traps: ['cip is the public address of the client, cintip the inner one'],
  },
  mark: /"sourcetype"\s*:\s*"zscalernss-web"(?!.*"(?:ClientIP|serverip)"\s*:)/,
  score: 0.97,
  fields: (text) => flatFields(text, 'event'),
  facts: (f) => ({
    natSrcIp: f['cip'],
    dstIp: f['sip'],
    rule: f['rulelabel']?.replace(/%20/g, ' '),
    actionRaw: f['action'],
    domain: (f['host'] ?? f['eurl'])?.replace(/^[a-z]+:\/\//, '').replace(/[:/?].*$/, ''),
    srcIp: f['cintip'],
    bytesToDst: f['requestsize'] ?? f['reqsize'],
    bytesToSrc: f['responsesize'] ?? f['respsize'],
    url: f['eurl'],
    method: f['reqmethod'],
    userAgent: f['eua']?.replace(/%20/g, ' '),
  }),
  stamp: (f) => f['datetime'] ?? f['time'],
});
