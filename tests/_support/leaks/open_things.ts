/** The open descriptors and the child processes of this process (proc(5)). @module */

/** Descriptions of open things, by keys that no other thing has at the same time. */
export type OpenThings = ReadonlyMap<string, string>;

const EPOLL = "anon_inode:[eventpoll]";
const EVENTFD = "anon_inode:[eventfd]";

/**
 * Files that stay open: of Deno's own caches, of the state of the run, and devices. Pipes are Deno's too, between a
 * process or a test and its output: its sanitizer knows them.
 */
const OWN_FILES = /_cache_v\d|\/signer-test-|^\/dev\/|^pipe:/;

/**
 * A descriptor that an epoll watches (proc(5), fdinfo) as the waker of an event loop of Deno: edge-triggered, with the
 * user data 0. Threads end later than their workers, so these are not compared.
 */
const WAKER = /^tfd: +(\d+) events: 80002019 data: +0 /m;

/**
 * Returns the open descriptors; with the id of the run also the processes that this one has started, and processes
 * that they have left behind, which still have the id in their environment.
 */
export function openThings(run?: string): OpenThings {
  const found = new Map<string, string>();
  const wakers = new Set<string>();
  const links = [...Deno.readDirSync("/proc/self/fd")]
    .map(({ name }) => [name, read(() => Deno.readLinkSync(`/proc/self/fd/${name}`))] as const)
    // Without descriptors that have just been closed, such as that of this folder.
    .filter((pair): pair is [string, string] => pair[1] !== undefined && !isOwn(pair[1]));
  for (const [descriptor, link] of links) {
    const waker = link === EPOLL ? WAKER.exec(infoOf(descriptor)) : null;
    if (waker !== null) wakers.add(waker[1]!).add(descriptor);
  }
  for (const [descriptor, link] of links) {
    if (wakers.has(descriptor)) continue;
    found.set(keyOf(descriptor, link), `descriptor ${descriptor}: ${link}`);
  }
  if (run === undefined) return found;
  for (const pid of processesOf(run)) {
    const command = read(() => Deno.readTextFileSync(`/proc/${pid}/cmdline`)) ?? "";
    // A process that has ended has no command line.
    if (command !== "") found.set(`process ${pid}`, `process ${pid}: ${words(command)}`);
  }
  return found;
}

/**
 * Returns the key of an open descriptor. The number of a socket is never used again, so it is the key. The number of an
 * eventfd may be used again after it is closed, so the key has the descriptor too. Other keys are the descriptor and its link.
 */
function keyOf(descriptor: string, link: string): string {
  if (link.startsWith("socket:")) return link;
  const id = link === EVENTFD ? /^eventfd-id:\s*(\d+)/m.exec(infoOf(descriptor)) : null;
  return id === null ? `${descriptor} ${link}` : `${descriptor} eventfd ${id[1]}`;
}

function infoOf(descriptor: string): string {
  return read(() => Deno.readTextFileSync(`/proc/self/fdinfo/${descriptor}`)) ?? "";
}

/** Returns true for a file that Deno keeps open, its executable among them. */
function isOwn(path: string): boolean {
  return OWN_FILES.test(path) || path === Deno.execPath();
}

function processesOf(run: string): Set<string> {
  const found = new Set<string>();
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const children = read(() => Deno.readTextFileSync(`/proc/self/task/${name}/children`)) ?? "";
    for (const pid of children.split(" ").filter(Boolean)) found.add(pid);
  }
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const environment = read(() => Deno.readTextFileSync(`/proc/${name}/environ`)) ?? "";
    if (environment.includes(run)) found.add(name);
  }
  return found;
}

function words(command: string): string {
  return command.replaceAll("\0", " ").trim().slice(0, 200);
}

/** Returns the result of a read, or undefined for a thing that has gone or belongs to another user. */
function read<T>(from: () => T): T | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}
