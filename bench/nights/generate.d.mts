export interface NightFigures {
  readonly files: readonly string[];
  readonly records: number;
  readonly alerts: number;
  readonly bytes: number;
}

export function writeNight(options: {
  readonly mix: string;
  readonly megabytes: number;
  readonly out: string;
  readonly seed?: number;
  readonly callsPerSandbox?: number;
  readonly alertShare?: number;
}): NightFigures;
