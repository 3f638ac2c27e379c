/** Whether a path names what a shell has opened: `<(zcat fw.gz)` is `/dev/fd/63` to bash, `/proc/self/fd/12` to zsh. */
export function isPipeName(path: string): boolean {
  return /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/.test(path);
}
