/** ATT&CK and ATLAS name a sub-technique by its technique, a dot and three digits: `T1071` of `T1071.004`. */
export function parentTechnique(id: string): string | undefined {
  return /^(.+)\.\d{3}$/.exec(id)?.[1];
}
