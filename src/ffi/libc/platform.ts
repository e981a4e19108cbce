/** The differences between the supported machines. @module */

/** Layouts and numbers that depend on the machine. */
export interface Platform {
  readonly arch: "x86_64" | "aarch64";
  /**
   * Bytes of one `struct epoll_event`. The header packs it on x86-64 and nowhere else
   * (include/uapi/linux/eventpoll.h, `EPOLL_PACKED`).
   */
  readonly epollEventSize: 12 | 16;
  /** The offset of `data` in a `struct epoll_event`. */
  readonly epollDataOffset: 4 | 8;
  /** Numbers of system calls without a wrapper in glibc (asm/unistd_64.h, asm-generic/unistd.h). */
  readonly ioSetup: number;
  readonly ioCancel: number;
  readonly ioDestroy: number;
  readonly ioSubmit: number;
  readonly ioGetevents: number;
  readonly seccomp: number;
  readonly finitModule: number;
  readonly statx: number;
}

/** Linux on x86-64 and on arm64. Both are little-endian, and the layouts rely on that. */
export const PLATFORMS: Readonly<Record<Platform["arch"], Platform>> = {
  x86_64: {
    arch: "x86_64",
    epollEventSize: 12,
    epollDataOffset: 4,
    ioSetup: 206,
    ioCancel: 210,
    ioDestroy: 207,
    ioSubmit: 209,
    ioGetevents: 208,
    seccomp: 317,
    finitModule: 313,
    statx: 332,
  },
  aarch64: {
    arch: "aarch64",
    epollEventSize: 16,
    epollDataOffset: 8,
    ioSetup: 0,
    ioCancel: 3,
    ioDestroy: 1,
    ioSubmit: 2,
    ioGetevents: 4,
    seccomp: 277,
    finitModule: 273,
    statx: 291,
  },
};

/** The platform of this process; undefined where the binding does not work (not Linux). */
export const platform: Platform | undefined = Deno.build.os === "linux"
  ? PLATFORMS[Deno.build.arch]
  : undefined;
