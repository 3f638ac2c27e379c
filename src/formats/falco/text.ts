import { parseSyslog } from '../../core/lines/syslog.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DecodeContext } from '../../model/format.ts';

/** One alert as `json_output: false` prints it. */
export interface TextAlert {
  readonly priority: string;
  /** The rule's words: its name is not printed. */
  readonly says: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  readonly host: string | undefined;
}

const ALERT =
  /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:?\d\d)|\d\d:\d\d:\d\d\.\d{9}): )?(Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) (.+)$/s;
/** Names that Falco's rules print before `=`; other words before one belong to the value, mostly a command line. */
const NAME =
  /(?:^|\s)((?:evt|user|proc|fd|container|k8s|ka|thread|group|syscall)[._][\w.%-]+|process|command|cmdline|g{0,3}parent|terminal|exe_flags|image|user|shell|file|directory|program|pid|ppid|container|connection|lport|rport|fd|newpid|ns|pod|tty)=/g;
/** Printed names -> names of the fields, where they are not the same with a dot. */
const FIELDS = wordTable<string>({
  process: 'proc.name',
  command: 'proc.cmdline',
  cmdline: 'proc.cmdline',
  pid: 'proc.pid',
  ppid: 'proc.ppid',
  connection: 'fd.name',
  fd_proto: 'fd.l4proto',
  container: 'container.id',
  k8s_ns_name: 'k8s.ns.name',
  k8s_pod_name: 'k8s.pod.name',
  'k8s.ns': 'k8s.ns.name',
  'k8s.pod': 'k8s.pod.name',
});

/** The alert in a line, behind whatever header syslog or the journal put before it. */
export function textAlert(text: string, { reference, zoneOffsetMin }: DecodeContext): TextAlert | undefined {
  const bare = ALERT.exec(text);
  const header = bare === null ? parseSyslog(text, reference, zoneOffsetMin) : undefined;
  const m = bare ?? ALERT.exec(header?.message ?? '');
  if (m === null) return undefined;
  const [, raw = '', priority = '', body = ''] = m;
  const split = /^(.*?)(?: \| | \((?=[\w.%-]+=))(.*?)\)?$/s.exec(body);
  if (split === null) return undefined;
  // A time of day alone names no day: the header's stamp does.
  const own = parseIso(raw, zoneOffsetMin);
  return {
    priority,
    says: split[1] ?? '',
    fields: printedFields(split[2] ?? ''),
    stamp: own ?? header?.stamp,
    raw: own === undefined ? (header?.rawTime ?? '') : raw,
    host: header?.host,
  };
}

/** `name=value name=value`, where values may hold blanks, by the names of Falco's fields. */
export function printedFields(text: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  const marks = [...text.matchAll(NAME)];
  const end = text.endsWith(')') ? text.length - 1 : text.length;
  for (const [i, mark] of marks.entries()) {
    const name = mark[1] ?? '';
    const value = text.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? end).trim();
    if (value !== '') out[FIELDS[name] ?? name.replace('_', '.')] ??= value;
  }
  return out;
}
