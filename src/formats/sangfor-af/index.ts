import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import type { Action } from '../../model/event.ts';

const MARK = /日志类型[:：]/;
const TRAFFIC = /日志类型[:：].*源IP[:：]/;
const PAIR = /([^\s,，:：]+)[:：]([^,，]*)/g;
const URL = /URL[:：](\S+)/;
/** Kinds of attack logs say what was found under one of these names. */
const FOUND = ['漏洞名称', '病毒名', '攻击类型', '规则名称', '威胁类型', '描述'];

function read(text: string): FieldMap | undefined {
  const mark = MARK.exec(text);
  if (mark === null) return undefined;
  const body = text.slice(mark.index);
  const url = URL.exec(body);
  const fields: FieldMap = url === null ? {} : { URL: url[1] ?? '' };
  for (const [, key = '', value = ''] of body.slice(0, url?.index).matchAll(PAIR)) {
    const plain = value.trim();
    if (plain !== '' && plain !== '(null)' && plain !== '-') fields[key] = plain;
  }
  return fields['源IP'] === undefined ? undefined : fields;
}

/** An attack was found where its kind is named. */
const found = (f: FieldMap): string | undefined => FOUND.map((name) => f[name]).find((name) => name !== undefined);
const isAttack = (f: FieldMap): boolean =>
  found(f) !== undefined && !/服务控制|应用控制|网站访问|NAT/.test(f['日志类型'] ?? '');

/** Refused, blocked, dropped; allowed. `被记录` says only that it was logged: what a rule of the access control did it does not tell. */
function verdict(f: FieldMap): Action | undefined {
  const word = f['系统动作'] ?? f['动作'] ?? '';
  if (/拒绝|阻断|丢弃|拦截|封锁|阻止/.test(word)) return 'deny';
  if (isAttack(f)) return 'alert';
  return /允许|放行|通过/.test(word) ? 'allow' : undefined;
}

/** Sangfor next-generation firewall (AF), "fwlog" in syslog. The fields are those of public samples. */
export const sangforAf = mappedFormat({
  format: {
    id: 'sangfor-af',
    title: 'Sangfor AF firewall (fwlog)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header: device local time, usually +08:00, one second, no year',
    traps: [
      'names and values are Chinese: they are read as UTF-8',
      '`被记录` (recorded) is no verdict of the access control',
      'an attack that was only recorded passed',
    ],
  },
  mark: TRAFFIC,
  others: MARK,
  score: 0.97,
  type: (f) => (isAttack(f) ? 'alert' : 'flow'),
  fields: read,
  action: verdict,
  facts: (f) => ({
    srcIp: f['源IP'],
    srcPort: f['源端口'],
    dstIp: f['目的IP'],
    dstPort: f['目的端口'],
    natSrcIp: f['转换后的IP'],
    natSrcPort: f['转换后的端口'],
    transport: f['协议']?.toLowerCase(),
    rule: isAttack(f) ? found(f) : (f['策略名称'] ?? f['应用名称']),
    ruleCategory: f['日志类型'],
    severityRaw: f['严重等级'] ?? f['严重级别'],
    actionRaw: f['系统动作'] ?? f['动作'],
    url: f['URL'],
  }),
  stamp: () => undefined,
});
