import type { Stamp } from '../../core/time/stamp.ts';

export interface AuditRecord {
  readonly node?: string;
  readonly type: string;
  readonly stamp: string;
  readonly serial: string;
  readonly body: string;
  /** Of a plain head: `s.ms:n): `, as it stands. */
  readonly mark?: string;
  /** Numbers, hex and addresses are spelled out (`ausearch -i`). */
  readonly interpreted?: true;
  /** Where the stamp is that of a header, which may be local and without its year. */
  readonly time?: Stamp;
}
