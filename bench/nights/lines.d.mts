interface Scene {
  readonly n: number;
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly sandbox: { readonly id: string; readonly host: string; readonly ip: string; readonly pid: number };
  readonly alert: boolean;
  readonly random: () => number;
}

interface Log {
  readonly file: string;
  readonly line: (scene: Scene) => string;
  readonly alerts?: boolean;
  /** Lines before the first record. */
  readonly head?: string;
}

/** Logs of each mix, by its name. */
export const mixes: Readonly<Record<string, readonly Log[]>>;
