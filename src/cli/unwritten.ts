/** A file that could not be written although nothing spoke against it before the work began: a full disk. */
export class UnwrittenError extends Error {}
