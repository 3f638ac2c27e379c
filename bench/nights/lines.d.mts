interface Scene {
  readonly n: number;
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly sandbox: { readonly id: string; readonly host: string; readonly ip: string; readonly pid: number };
  readonly alert: boolean;
  readonly random: () => number;
}

export const fileLines: Readonly<
  Record<string, { readonly file: string; readonly head?: readonly string[]; readonly line: (scene: Scene) => string }>
>;
