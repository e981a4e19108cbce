import { fileURLToPath } from "node:url";

/** The project's root folder, on the host and in the guest. */
const PROJECT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const GUEST_PROJECT = "/signer";

/** The folder that keeps Debian and npm packages between runs. */
export const CACHE = `${PROJECT}/.cache/guest`;

const GUEST_DENO_DIR = "/guest/deno";

/** The files of the project that go into the guest, if they exist. */
const PARTS = ["deno.json", "deno.lock", "main.ts", "proto", "scripts", "src", "tests"];

/** Returns the environment of the guest. */
export function guestEnvironment(): Record<string, string> {
  // Deno's cache of npm packages has a folder for each registry.
  const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
  return {
    HOME: "/root",
    PATH: "/usr/bin:/bin",
    NO_COLOR: "1",
    DENO_DIR: GUEST_DENO_DIR,
    DENO_NO_UPDATE_CHECK: "1",
    ...(registry === undefined ? {} : { NPM_CONFIG_REGISTRY: registry }),
    // Tells tests that they run in the guest.
    SIGNER_GUEST: "1",
  };
}

/** Returns the files that the project needs in the guest, by their paths there: Deno, npm packages, sources. */
export async function projectFiles(): Promise<Map<string, string>> {
  const files = new Map([["/usr/bin/deno", Deno.execPath()]]);
  for (const part of PARTS) {
    const there = await Deno.stat(`${PROJECT}/${part}`).catch(() => undefined);
    if (there !== undefined) files.set(`${GUEST_PROJECT}/${part}`, `${PROJECT}/${part}`);
  }
  const npm = `${await installPackages()}/npm`;
  return files.set(`${GUEST_DENO_DIR}/npm`, npm);
}

/** Installs exactly the packages of deno.lock into a `DENO_DIR` for the guest. Returns its path. */
async function installPackages(): Promise<string> {
  const folder = `${CACHE}/deno`;
  const install = new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: PROJECT,
    env: { DENO_DIR: folder, NO_COLOR: "1" },
  });
  const { success, stderr } = await install.output();
  if (success) return folder;
  throw new Error(`Cannot fetch npm packages:\n${new TextDecoder().decode(stderr).trim()}`);
}
