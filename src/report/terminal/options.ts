import type { Style } from './style.ts';

export interface TerminalOptions {
  readonly width: number;
  readonly style: Style;
  readonly clean: (text: string) => string;
  /** How the program was called, for the commands it suggests. */
  readonly command: string;
  readonly verbose: boolean;
  /** Why the night cannot be called clean, where that does not follow from its violations. */
  readonly because?: string;
}
