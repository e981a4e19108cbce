/** Returns the address of a control socket in a form of `parseAddress()`: a path alone is that of a Unix socket. */
export function controlAddress(text: string): string {
  return /^[./]/.test(text) ? `unix:${text}` : text;
}
