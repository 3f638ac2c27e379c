/** One file inside a tar archive. */
export interface TarMember {
  readonly kind: 'tar';
  readonly name: string;
  /** Where its bytes begin, in the archive or in what that was unpacked to. */
  readonly offset: number;
  /** Those that are there: where the archive is cut short, the last file has not all of its own. */
  readonly bytes: number;
  /** Last modification, seconds since the epoch. */
  readonly modifiedS: number;
  /** Set where the archive is compressed, or lies in another. */
  readonly unpacked?: Unpacked;
}

/** What a compressed archive holds, or an archive that lies in another, or what came out of a pipe, in a file that no folder names. It is open as long as somebody holds this. */
export interface Unpacked {
  /** Its descriptor. */
  readonly file: number;
  readonly size: number;
}
