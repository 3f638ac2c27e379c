/** Ids of all engines; no other JSON value. */
const PLAIN = /^(?!null$|true$|false$)[a-z][\w.-]*$|^[0-9a-f]{12,64}$/;

/** Whether a text cut from JSON, quoted or not, is nothing but the id of a container. */
export function isPlainContainer(text: string): boolean {
  return PLAIN.test(text);
}

/** An id as Kubernetes writes it, without the engine before it: `containerd://<id>`, `cri-o://<id>`. */
export function withoutEngine(id: string): string {
  return id.replace(/^[a-z-]+:\/\//, '');
}
