/** The checks of this machine, in the order in which they are printed. */
export const checkNames = [
  "cryptography",
  "tcp",
  "unix",
  "vsock",
  "vsock-device",
  "vsock-modules",
  "vsock-cid",
  "vsock-loopback",
  "files",
] as const;

export type CheckName = typeof checkNames[number];
