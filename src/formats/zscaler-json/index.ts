import { flatFields, mappedFormat } from '../../core/mapping.ts';

export const zscalerJson = mappedFormat({
  format: {
    id: 'zscaler-json',
    title: 'Zscaler NSS firewall (JSON)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'datetime, UTC by feed default',
    traps: ['csip and cdip are the client side, ssip and sdip the server side'],
  },
  mark: /"sourcetype"\s*:\s*"zscalernss-(?:fw|audit|tunnel|casb|dlp)"|^(?=[\s\S]*"zscalernss-web")[\s\S]*"(?:ClientIP|serverip)"\s*:/,
  score: 0.97,
  fields: (text) => flatFields(text, 'event'),
  facts: (f) => ({
    srcIp: f['csip'] ?? f['ClientIP'] ?? f['clientip'] ?? f['sourceip'],
    srcPort: f['csport'] ?? f['sourceport'],
    dstIp: f['sdip'] ?? f['serverip'] ?? f['destinationip'],
    dstPort: f['sdport'],
    transport: f['proto'],
    rule: f['rulelabel']?.replace(/%20/g, ' '),
    bytesToDst: f['outbytes'],
    bytesToSrc: f['inbytes'],
    actionRaw: f['action'],
    domain: f['cdfqdn'] ?? f['hostname'],
    url: f['url'],
  }),
  stamp: (f) => f['datetime'] ?? f['time'],
});
