import { arrayOf, at, integerText, textOf, tryJson } from '../../core/json/json.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

export const harmonyEmailJson = mappedFormat({
  format: {
    id: 'harmony-email-json',
    title: 'Check Point Harmony Email security events (JSON)',
    roles: ['violation'],
    status: 'real',
    clock: 'time of the event, ISO UTC',
    traps: [
      'the address is that of the sending mail client, not of a firewall connection',
      'rule ids are longer than a double can hold',
    ],
  },
  mark: /"security_event"\s*:.*"entity_info"\s*:/,
  score: 0.97,
  type: () => 'finding',
  fields: read,
  facts: (f) => ({
    srcIp: f['src'],
    domain: f['domain'],
    ruleId: f['rule'],
    actionRaw: f['action'],
    ruleCategory: f['category'],
  }),
  stamp: (f) => f['time'],
});

function read(text: string): FieldMap | undefined {
  const event = at(tryJson(text), 'event');
  const security = at(event, 'security_event');
  const payload = at(event, 'entity', 'entity_payload');
  const found = {
    time: textOf(at(security, 'time')),
    action: textOf(at(arrayOf(at(security, 'security_event_action'))[0], 'action_type')),
    category: textOf(at(security, 'entity_payload', 'category')),
    rule: integerText(text, 'policy_rule_id'),
    src: textOf(at(payload, 'sender_client_ip')),
    domain: textOf(arrayOf(at(payload, 'email_links_domains'))[0]),
  };
  const out: FieldMap = {};
  for (const [key, value] of Object.entries(found)) if (value !== undefined) out[key] = value;
  return security === undefined ? undefined : out;
}
