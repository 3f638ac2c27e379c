import { flatFields, mappedFormat } from '../../core/tables/mapping.ts';

/** What was refused has no server side. */
const reached = (text: string | undefined): string | undefined =>
  text === '0.0.0.0' || text === '0' ? undefined : text;

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
    dstIp: reached(f['sdip']) ?? f['cdip'] ?? f['serverip'] ?? f['destinationip'],
    dstPort: reached(f['sdport']) ?? f['cdport'],
    transport: f['proto'],
    rule: f['rulelabel']?.replace(/%20/g, ' '),
    bytesToDst: f['outbytes'],
    bytesToSrc: f['inbytes'],
    actionRaw: f['action'],
    domain: f['cdfqdn'] ?? f['hostname'],
    url: f['url'],
    method: f['requestmethod'],
    userAgent: f['useragent']?.replace(/%20/g, ' '),
  }),
  stamp: (f) => f['datetime'] ?? f['time'],
});
