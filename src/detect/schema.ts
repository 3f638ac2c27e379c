import { z } from 'zod';
import { CATEGORIES, SEVERITIES } from '../model/violation.ts';
import { SURFACES } from './surfaces.ts';

/** A regular expression as text, matched without regard to case. */
const pattern = z.string().min(1).refine(compiles, 'not a regular expression');

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'i').source !== '';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** `not-internal` also holds when the record names no address. */
const side = z.enum(['internal', 'external', 'not-internal']);

/** All stated fields must hold. Addresses and ports are those of the side that was contacted. */
const condition = z
  .strictObject({
    on: z.array(z.enum(SURFACES)).min(1),
    /** Id, name and category that the sensor gave its own rule. */
    rule: pattern.optional(),
    action: z.array(z.enum(['allow', 'deny', 'alert', 'unknown'])).optional(),
    types: z.array(z.string()).optional(),
    client: side.optional(),
    server: side.optional(),
    direction: z.array(z.enum(['inbound', 'outbound', 'internal'])).optional(),
    transport: z.array(z.string()).optional(),
    ports: z.array(z.int()).optional(),
    notPorts: z.array(z.int()).optional(),
    /** Addresses, or IPv4 networks. */
    addresses: z.array(z.string()).optional(),
    domain: pattern.optional(),
    notDomain: pattern.optional(),
    /** `yes`: the request names an address outside our networks instead of a host name. */
    bareIp: z.literal('yes').optional(),
    url: pattern.optional(),
    notUrl: pattern.optional(),
    method: z.array(z.string()).optional(),
    userAgent: pattern.optional(),
    qtype: z.array(z.string()).optional(),
    /** At least `count` labels, left of the registered domain, that look generated. */
    labels: z.strictObject({ count: z.int(), minLength: z.int(), minRun: z.int(), minEntropy: z.number() }).optional(),
    minBytesOut: z.int().optional(),
    /** `no`: the inventory lists approved destinations and this is none of them. */
    approved: z.literal('no').optional(),
    command: pattern.optional(),
    notCommand: pattern.optional(),
  })
  .refine((value) => Object.keys(value).length > 1 || value.on.includes('verdict'), 'matches everything');

export type Condition = z.infer<typeof condition>;

/** A command line, or the telling fields of an event. */
const example = z.union([z.strictObject({ command: z.string() }), z.looseObject({ kind: z.string() })]);

const rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    name: z.string().min(1),
    category: z.enum(CATEGORIES),
    severity: z.enum(SEVERITIES),
    /** `verdict`: only sorts what a sensor already ruled on. Weak rules never make a violation of allowed traffic. */
    strength: z.enum(['verdict', 'strong', 'medium', 'weak']),
    /** Which rule names the category when several match: the higher. */
    precedence: z.int(),
    attack: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)),
    atlas: z.array(z.string().regex(/^AML\.T\d{4}(\.\d{3})?$/)),
    references: z.array(z.url()),
    /** One of these must hold. */
    any: z.array(condition).min(1),
    examples: z.strictObject({ fire: z.array(example).min(1), quiet: z.array(example).min(1) }),
  })
  .refine((value) => (value.strength === 'verdict') === value.any.every(onlyVerdicts), 'strength and surfaces differ');

function onlyVerdicts(value: Condition): boolean {
  return value.on.every((surface) => surface === 'verdict');
}

export type Rule = z.infer<typeof rule>;

export const rulePack = z.strictObject({ id: z.string(), title: z.string(), rules: z.array(rule).min(1) });

export type RulePack = z.infer<typeof rulePack>;
