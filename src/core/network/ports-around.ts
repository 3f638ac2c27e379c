/** What of a text before a host is looked at, characters. */
const MAX_BEFORE = 80;
const MAX_COMMAND = 300;
/** What follows an address where its ports stand: `:80`, ` 80` and ` 22 80` (nc), `', 80` (sockets), `/80` of a shell's `/dev/tcp/`. */
const PORTS_BEHIND = /(?::|[ \t]+|['"]?,[ \t]*)(\d{1,5}(?:[ \t]+\d{1,5})*)(?![\w.:<>-])/y;
const PORT_OF_PATH = /\/(\d{1,5})(?!\d)/y;
/** A URL without a port has that of its scheme. Proxies have ports of their own, and FTP sends files by other ports. */
const SCHEME_BEFORE =
  /(?<!(?:-x|proxy)[ \t=]*['"]?)\b(https?|wss?|ssh|sftp|git|redis|postgres(?:ql)?|mysql):\/\/(?:[^\s/@'"]*@)?$/i;
/** What is put together with a text behind may get its port there. */
const NO_PORT_BEHIND = /[/?#\s;|&)]|$|['"](?![ \t]*[+%.,])/y;
/** `http` may be led on to `https`. RFC 9110, RFC 6455, and the IANA registry of service names. */
const PORTS_OF_SCHEME: ReadonlyMap<string, readonly number[]> = new Map([
  ['http', [80, 443]],
  ['https', [443]],
  ['ws', [80, 443]],
  ['wss', [443]],
  ['ssh', [22]],
  ['sftp', [22]],
  ['git', [9418]],
  ['redis', [6379]],
  ['postgres', [5432]],
  ['postgresql', [5432]],
  ['mysql', [3306]],
]);
/** ssh(1): options, those that take a value with it, then the host. What is run there names hosts that are reached from there. */
const SSH_BEFORE =
  /(?:^|[\s;&|('"`/])(ssh|autossh|sftp)((?:[ \t]+-(?:[46AaCfGgKkMNnqrsTtVvXxYy]+(?=[ \t])|[46AaCfGgKkMNnqrsTtVvXxYy]*[BbcDEeFIiJLlmOoPpQRSWw][ \t]*(?:"[^"]*"|'[^']*'|[^\s'"]+)))*)[ \t]+['"]?(?:[\w.-]+@)?$/;
/** scp(1): a host of a path. */
const SCP_BEFORE = /(?:^|[\s;&|('"`/])(scp)((?:[ \t]+[^\s;&|]+)*)[ \t]+['"]?(?:[\w.-]+@)?$/;
/** Behind the host ssh takes options too; of a line that was cut or goes on in another way nothing is said. */
const SSH_BEHIND = /['"]?(?:[ \t]*(?:$|[\n;&|)])|[ \t]+(?!-)|['"`])/y;
const SCP_BEHIND = /:(?!\d)/y;
/** Another port, by an option or by a file that holds options, or another host on the way. */
const SSH_PORT = /(?:^|[ \t])-[46AaCfGgKkMNnqrsTtVvXxYy]*(?:[pP][ \t]*|o[ \t]*['"]?Port[ \t=]+)(\d{1,5})(?!\d)/i;
const SSH_OTHERWISE = /(?:^|[ \t])-[46AaCfGgKkMNnqrsTtVvXxYy]*(?:[FJ]|o[ \t]*['"]?Proxy)/;

/** ping(8) sends ICMP, which has no ports. */
const PING_BEFORE =
  /(?:^|[\s;&|('"`/])ping6?(?:[ \t]+-(?:[346AabBdDfhHLnNOPqrRUvV]+(?=[ \t])|[346AabBdDfhHLnNOPqrRUvV]*[CceFGgiIlmMpQsStTwW][ \t]*[^\s'"]+))*[ \t]+$/;
/** dig(1): the server, unless it is asked on another port. */
const DIG_BEFORE = /(?:^|[\s;&|('"`/])dig(?:[ \t]+(?!-p)[^\s;&|]+)*[ \t]+@$/;
const DIG_BEHIND = /(?![^;&|\n]*[ \t]-p)/y;
/** What asks a resolver for a name, whose first labels may be made at run time, and goes nowhere else by it. */
const ASKED_BEFORE =
  /(?:(?:^|[\s;&|('"`/])(?:dig|drill|kdig|nslookup|getent[ \t]+a?hosts(?:v[46])?)|(?:^|[;&|(`\n]|\b(?:do|then))[ \t]*host)(?:[ \t]+[^\s;&|]+)*[ \t]+['"]?(?:[^\s;&|'"@]*\.)?$/;

/** Of what has no ports. */
export const NO_PORT = 0;

/** Ports that a text names or implies with a host in it, which stands between two places, or `NO_PORT`; undefined where any may be meant. */
export function portsAround(text: string, start: number, end: number): readonly number[] | undefined {
  const bracket = text[start - 1] === '[' && text[end] === ']' ? 1 : 0;
  const [from, to] = [start - bracket, end + bracket];
  const isPath = /\/dev\/(?:tcp|udp)\/$/.test(text.slice(Math.max(0, from - 10), from));
  const pattern = isPath ? PORT_OF_PATH : PORTS_BEHIND;
  pattern.lastIndex = to;
  const ports = pattern.exec(text)?.[1];
  if (ports !== undefined) return ports.split(/[ \t]+/).map(Number);
  return portsOfScheme(text, from, to) ?? portsOfProgram(text, from, to);
}

/** Of the host that a program goes to. */
function portsOfProgram(text: string, from: number, to: number): readonly number[] | undefined {
  const before = text.slice(Math.max(0, from - MAX_COMMAND), from);
  if (PING_BEFORE.test(before)) return [NO_PORT];
  const asked = ASKED_BEFORE.exec(before)?.[0];
  if (asked !== undefined) return /[ \t]-p/.test(asked) ? undefined : [53];
  DIG_BEHIND.lastIndex = to;
  return DIG_BEFORE.test(before) && DIG_BEHIND.test(text) ? [53] : portsOfSsh(before, text, to);
}

function portsOfScheme(text: string, from: number, to: number): readonly number[] | undefined {
  const scheme = SCHEME_BEFORE.exec(text.slice(Math.max(0, from - MAX_BEFORE), from))?.[1]?.toLowerCase();
  NO_PORT_BEHIND.lastIndex = to;
  return scheme === undefined || !NO_PORT_BEHIND.test(text) ? undefined : PORTS_OF_SCHEME.get(scheme);
}

/** Of the host that ssh, sftp or scp goes to. */
function portsOfSsh(before: string, text: string, to: number): readonly number[] | undefined {
  const options = optionsOfSsh(before, text, to);
  if (options === undefined || SSH_OTHERWISE.test(options)) return undefined;
  return [Number(SSH_PORT.exec(options)?.[1] ?? 22)];
}

function optionsOfSsh(before: string, text: string, to: number): string | undefined {
  const ssh = SSH_BEFORE.exec(before);
  const behind = ssh === null ? SCP_BEHIND : SSH_BEHIND;
  behind.lastIndex = to;
  return behind.test(text) ? (ssh ?? SCP_BEFORE.exec(before))?.[2] : undefined;
}
