import { Buffer } from 'node:buffer';
import { formatIpv6 } from '../../core/ip.ts';

const FIELD = /([a-zA-Z_][\w-]*(?:\[\d+\])?)=(?:"([^"]*)"|'([^']*)'|(\([^)]*\))|(\S*))/g;

/** Fields of one audit record: name -> value and whether it stood in quotes. */
export type AuditFields = ReadonlyMap<string, { readonly value: string; readonly quoted: boolean }>;

/** Splits `k=v` pairs; the ENRICHED tail after the group separator (0x1D) is kept under its upper-case names. */
export function auditFields(text: string): AuditFields {
  const out = new Map<string, { value: string; quoted: boolean }>();
  for (const match of text.replaceAll('\u001d', ' ').matchAll(FIELD)) {
    const [, name = '', double, single, paren, bare] = match;
    if (out.has(name)) continue;
    const quoted = double !== undefined || single !== undefined;
    out.set(name, { value: double ?? single ?? paren ?? bare ?? '', quoted });
  }
  return out;
}

/** A string field: quoted as it stands, unquoted hex decoded (audit_log_untrustedstring). `(null)` is absent. */
export function auditText(fields: AuditFields, name: string): string | undefined {
  const field = fields.get(name);
  if (field === undefined || field.value === '(null)' || field.value === '(none)') return undefined;
  return field.quoted ? field.value : fromHex(field.value);
}

export function fromHex(value: string): string {
  if (value.length === 0 || value.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(value)) return value;
  return Buffer.from(value, 'hex').toString('utf8');
}

export function auditNumber(fields: AuditFields, name: string): number | undefined {
  const value = fields.get(name)?.value;
  return value === undefined || !/^-?\d+$/.test(value) ? undefined : Number(value);
}

/** Arguments of one or more EXECVE records, long ones put together from `a1[0]`, `a1[1]`, ... */
export function execArgs(records: readonly AuditFields[]): readonly string[] | undefined {
  const parts = new Map<number, string[]>();
  for (const fields of records) {
    for (const [name, { value, quoted }] of fields) {
      const match = /^a(\d+)(?:\[(\d+)\])?$/.exec(name);
      if (match === null) continue;
      const index = Number(match[1]);
      const list = parts.get(index) ?? [];
      list[match[2] === undefined ? 0 : Number(match[2])] = quoted
        ? value
        : match[2] === undefined
          ? fromHex(value)
          : value;
      parts.set(index, list);
    }
  }
  if (parts.size === 0) return undefined;
  return [...parts.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, list]) => (list.length > 1 ? fromHex(list.join('')) : (list[0] ?? '')));
}

export interface SocketAddress {
  readonly family: 'inet' | 'inet6' | 'other';
  readonly ip?: string;
  readonly port?: number;
}

/** `saddr=` hex of a struct sockaddr: family in host byte order, port and address in network order. */
export function socketAddress(hex: string): SocketAddress {
  const bytes = Buffer.from(hex, 'hex');
  const little = bytes.length < 2 ? 0 : bytes.readUInt16LE(0);
  const family = little === 2 || little === 10 ? little : bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (family === 2 && bytes.length >= 8)
    return { family: 'inet', ip: [...bytes.subarray(4, 8)].join('.'), port: bytes.readUInt16BE(2) };
  if (family === 10 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(8 + i * 2));
    return { family: 'inet6', ip: formatIpv6(groups), port: bytes.readUInt16BE(2) };
  }
  return { family: 'other' };
}
