/** Who began, by the `direction` of PAN-OS: what a server sends back has the server as its source. */
export function senderOf(direction: string | undefined): 'src' | 'dst' | undefined {
  if (direction === 'server-to-client') return 'dst';
  return direction === 'client-to-server' ? 'src' : undefined;
}
