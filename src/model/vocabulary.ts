/** External vocabularies, each with the version that the names were taken from. */
export const VOCABULARY = {
  ecs: '9.0.0',
  otelGenAi: '1.41.1',
  ocsf: '1.5.0',
  attack: '17.1',
  atlas: '4.9.0',
} as const;
