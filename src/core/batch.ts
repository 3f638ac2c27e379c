/** Events per batch: one event per `yield` costs 12-54 times more. */
export const BATCH_SIZE = 512;
