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
}
