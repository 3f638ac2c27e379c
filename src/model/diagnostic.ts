import type { SourceRef } from './source.ts';

/** Bad input is data: what went wrong and where. */
export interface Diagnostic {
  readonly severity: 'info' | 'warning' | 'error';
  readonly code: string;
  readonly message: string;
  readonly ref?: SourceRef;
  readonly path?: string;
}
