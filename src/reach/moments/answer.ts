/** What becomes of a line after one look; any other number: left, for a second visit under this key, see `Deferred`. */
export const READ = -1;
export const LEFT = -2;
/** Left, but who started whom is noted; it may matter once the families are known. */
export const LIFE = -3;
