import { wordTable } from '../word-table.ts';

/**
 * Services whose name means one port on every system: those of the IANA registry of service names, and common ones that the
 * `services` files of Linux add. `http-alt`, `webcache`, `kerberos` and the like are left out: systems do not agree on their port.
 */
const SERVICES = wordTable<number>({
  amqp: 5672,
  amqps: 5671,
  domain: 53,
  'domain-s': 853,
  ftp: 21,
  'ftp-data': 20,
  git: 9418,
  http: 80,
  https: 443,
  imaps: 993,
  ircd: 6667,
  'ircs-u': 6697,
  ldap: 389,
  ldaps: 636,
  mdns: 5353,
  'microsoft-ds': 445,
  mongodb: 27017,
  'ms-sql-s': 1433,
  'ms-wbt-server': 3389,
  mysql: 3306,
  'netbios-ssn': 139,
  nfs: 2049,
  ntp: 123,
  openvpn: 1194,
  pop3: 110,
  pop3s: 995,
  postgresql: 5432,
  redis: 6379,
  rsync: 873,
  smtp: 25,
  socks: 1080,
  ssh: 22,
  stun: 3478,
  submission: 587,
  submissions: 465,
  sunrpc: 111,
  telnet: 23,
  tftp: 69,
  'xmpp-client': 5222,
  'zabbix-agent': 10050,
});

/** Port behind a name that tools print for it where they are not asked for numbers. */
export const servicePort = (name: string): number | undefined => SERVICES[name];
