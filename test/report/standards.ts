import { z } from 'zod';

/**
 * The parts of STIX 2.1, OCSF 1.5, ECS 9 and Timesketch's import that the reports use, after the published schemas and specifications;
 * strict, so that a property which is misspelt or does not exist is found.
 */
const text = z.string().min(1);
const port = z.int().min(0).max(65_535);
const ids = (...types: readonly string[]) => z.array(idOf(...types)).min(1);

/** Of these types; version 5 throughout, for no clock or chance is in a report. */
function idOf(...types: readonly string[]) {
  return z
    .string()
    .regex(new RegExp(`^(?:${types.join('|')})--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`));
}

const stamp = z.iso.datetime({ precision: 3 });
const head = <T extends string>(type: T) => ({ type: z.literal(type), spec_version: z.literal('2.1'), id: idOf(type) });
/** Section 3.2: what domain objects have in common. */
const domain = <T extends string>(type: T) => ({
  ...head(type),
  created: stamp,
  modified: stamp,
  created_by_ref: idOf('identity'),
});
const END = ['ipv4-addr', 'ipv6-addr', 'domain-name'] as const;
const ADDRESS = { 'ipv4-addr': z.ipv4(), 'ipv6-addr': z.ipv6() };

const stixObject = z.discriminatedUnion('type', [
  // 4.5
  z.strictObject({
    ...head('identity'),
    created: stamp,
    modified: stamp,
    name: text,
    identity_class: z.enum(['individual', 'group', 'system', 'organization', 'class', 'unspecified']),
  }),
  // 4.1
  z.strictObject({
    ...domain('attack-pattern'),
    name: text,
    external_references: z.array(z.strictObject({ source_name: z.literal('mitre-attack'), external_id: text })),
  }),
  // 4.4
  z.strictObject({
    ...domain('grouping'),
    name: text,
    description: text,
    context: z.enum(['suspicious-activity', 'malware-analysis', 'unspecified']),
    labels: z.array(text).min(1),
    confidence: z.int().min(0).max(100).optional(),
    object_refs: ids('observed-data', 'attack-pattern'),
  }),
  // 4.14
  z
    .strictObject({
      ...domain('observed-data'),
      first_observed: stamp,
      last_observed: stamp,
      number_observed: z.int().min(1).max(999_999_999),
      labels: z.array(text).min(1),
      object_refs: ids(...END, 'network-traffic', 'process', 'file'),
    })
    .refine(({ first_observed, last_observed }) => first_observed <= last_observed),
  // 6.12
  z
    .strictObject({
      ...head('network-traffic'),
      start: stamp,
      src_ref: idOf(...END).optional(),
      dst_ref: idOf(...END).optional(),
      src_port: port.optional(),
      dst_port: port.optional(),
      protocols: z.array(z.string().regex(/^[^A-Z]+$/)).min(1),
    })
    .refine(({ src_ref, dst_ref }) => src_ref !== undefined || dst_ref !== undefined),
  // 6.13: at least one property of its own.
  z
    .strictObject({ ...head('process'), pid: z.int().optional(), command_line: text.optional() })
    .refine(({ pid, command_line }) => pid !== undefined || command_line !== undefined),
  // 6.7, 6.9, 6.10, 6.4
  z.strictObject({ ...head('file'), name: text }),
  z.strictObject({ ...head('ipv4-addr'), value: ADDRESS['ipv4-addr'] }),
  z.strictObject({ ...head('ipv6-addr'), value: ADDRESS['ipv6-addr'] }),
  z.strictObject({ ...head('domain-name'), value: text }),
]);

export const stixBundle = z.strictObject({
  type: z.literal('bundle'),
  id: idOf('bundle'),
  objects: z.array(stixObject).min(1),
});

/** What an object refers to. */
export function refsOf(object: z.infer<typeof stixObject>): readonly string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    key.endsWith('_ref') ? [String(value)] : key.endsWith('_refs') ? (value as unknown as string[]) : [],
  );
}

const ms = z.int().min(1_000_000_000_000);
/** `network_endpoint`: a port alone names none. */
const endpoint = z
  .strictObject({ ip: z.union([z.ipv4(), z.ipv6()]).optional(), port: port.optional(), hostname: text.optional() })
  .refine(({ ip, hostname }) => ip !== undefined || hostname !== undefined);
const technique = z.strictObject({ uid: text });

/** Detection Finding, class 2004. */
export const ocsfFinding = z.strictObject({
  activity_id: z.literal(1),
  activity_name: z.literal('Create'),
  category_uid: z.literal(2),
  category_name: z.literal('Findings'),
  class_uid: z.literal(2004),
  class_name: z.literal('Detection Finding'),
  type_uid: z.literal(200_401),
  type_name: z.literal('Detection Finding: Create'),
  time: ms,
  start_time: ms,
  end_time: ms,
  count: z.int().min(1),
  severity_id: z.int().min(1).max(5),
  severity: z.enum(['Informational', 'Low', 'Medium', 'High', 'Critical']),
  status_id: z.union([z.literal(1), z.literal(3)]),
  status: z.enum(['New', 'Suppressed']),
  status_detail: text.optional(),
  confidence_id: z.int().min(1).max(3),
  confidence: z.enum(['Low', 'Medium', 'High']),
  confidence_score: z.int().min(0).max(100),
  message: text,
  metadata: z.strictObject({
    version: z.literal('1.5.0'),
    uid: text,
    product: z.strictObject({ name: text, vendor_name: text, version: text }),
    log_name: text,
    original_time: z.string(),
  }),
  finding_info: z.strictObject({
    uid: text,
    title: text,
    desc: text,
    types: z.array(text).min(1),
    first_seen_time: ms,
    last_seen_time: ms,
    analytic: z.strictObject({ uid: text, name: text, type_id: z.literal(1), type: z.literal('Rule') }),
    related_events_count: z.int().min(0),
    attacks: z.array(z.strictObject({ version: text, technique, sub_technique: technique.optional() })).optional(),
  }),
  evidences: z
    .array(
      z.strictObject({
        src_endpoint: endpoint.optional(),
        dst_endpoint: endpoint.optional(),
        connection_info: z.strictObject({ protocol_name: text, direction_id: z.literal(0) }).optional(),
        process: z
          .strictObject({
            name: text.optional(),
            pid: z.int().optional(),
            uid: text.optional(),
            cmd_line: text.optional(),
            file: z.strictObject({ name: text, path: text.optional(), type_id: z.literal(1) }).optional(),
          })
          .refine((process) =>
            [process.name, process.pid, process.uid, process.cmd_line].some((one) => one !== undefined),
          )
          .optional(),
        data: z.record(z.string(), z.unknown()),
      }),
    )
    .min(1),
  unmapped: z.record(z.string(), z.unknown()),
});

const side = z
  .strictObject({ ip: z.union([z.ipv4(), z.ipv6()]).optional(), port: port.optional(), domain: text.optional() })
  .optional();

/** `gen_ai.conversation` is a name of OpenTelemetry's that ECS has not taken over; `log.offset` is Filebeat's. */
export const ecsAlert = z.strictObject({
  '@timestamp': z.iso.datetime({ precision: 6 }),
  ecs: z.strictObject({ version: z.literal('9.0.0') }),
  message: text,
  event: z.strictObject({
    kind: z.literal('alert'),
    id: text,
    category: z.tuple([z.literal('network'), z.literal('intrusion_detection')]),
    type: z.tuple([z.enum(['allowed', 'denied', 'info'])]),
    action: z.enum(['allow', 'deny', 'alert']).optional(),
    severity: z.int().min(0).max(99),
    start: z.iso.datetime({ precision: 6 }),
    end: z.iso.datetime({ precision: 6 }),
    module: text,
    dataset: text,
    reason: text,
    provider: text,
  }),
  observer: z.strictObject({ product: text, type: text, version: text }),
  rule: z.strictObject({ id: text, name: text, category: text }),
  threat: z
    .strictObject({
      framework: text,
      technique: z.strictObject({ id: z.array(text), subtechnique: z.strictObject({ id: z.array(text) }).optional() }),
    })
    .optional(),
  source: side,
  destination: side,
  network: z.strictObject({ transport: text }).optional(),
  url: z.strictObject({ full: text }).optional(),
  log: z.strictObject({ file: z.strictObject({ path: text }), offset: z.int().min(0) }),
  process: z
    .strictObject({
      pid: z.int().optional(),
      entity_id: text.optional(),
      executable: text.optional(),
      command_line: text.optional(),
    })
    .optional(),
  host: z.strictObject({ name: text }).optional(),
  gen_ai: z
    .strictObject({
      conversation: z.strictObject({ id: text }),
      tool: z.strictObject({ name: text, call: z.strictObject({ id: text }) }).optional(),
    })
    .optional(),
  egressblame: z.record(z.string(), z.unknown()),
});

/** The columns that the importer demands; whatever else a row has becomes a field, and must be plain. */
export const timesketchRow = z
  .object({
    message: text,
    datetime: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
    timestamp_desc: text,
    timestamp: z.int().min(1_000_000_000_000_000),
  })
  .catchall(z.union([z.string(), z.number()]));
