export interface NightFigures {
  readonly file: string;
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
