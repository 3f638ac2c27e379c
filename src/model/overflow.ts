/** Takes numbers that memory has no room for. */
export interface Overflow {
  /** Where they stand now; undefined where there is no room for them. */
  write(numbers: Uint32Array): number | undefined;
  /** As many as fit into `into`, from a place that `write` told. Throws where they cannot be read. */
  read(at: number, into: Uint32Array): void;
}
