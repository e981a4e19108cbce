import { fileURLToPath } from "node:url";

/** The project's folder, in the host and in the guest. */
const PROJECT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const GUEST_PROJECT = "/signer";

/** Where the guest's packages and the npm packages are kept between runs. */
export const CACHE = `${PROJECT}/.cache/guest`;

const GUEST_DENO_DIR = "/guest/deno";

/** What of the project goes into the guest, where it is there. */
const PARTS = ["deno.json", "deno.lock", "main.ts", "proto", "scripts", "src", "tests"];

/** The guest's environment, with the project in it or not. */
export function guestEnvironment(): Record<string, string> {
  // Deno keeps npm packages by the registry that they came from.
  const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
  return {
    HOME: "/root",
    PATH: "/usr/bin:/bin",
    NO_COLOR: "1",
    DENO_DIR: GUEST_DENO_DIR,
    DENO_NO_UPDATE_CHECK: "1",
    ...(registry === undefined ? {} : { NPM_CONFIG_REGISTRY: registry }),
    // Says to tests that they run in the guest.
    SIGNER_GUEST: "1",
  };
}

/** The files, by their paths in the guest, that the project needs to run there: Deno, npm packages, sources. */
export async function projectFiles(): Promise<Map<string, string>> {
  const files = new Map([["/usr/bin/deno", Deno.execPath()]]);
  for (const part of PARTS) {
    const there = await Deno.stat(`${PROJECT}/${part}`).catch(() => undefined);
    if (there !== undefined) files.set(`${GUEST_PROJECT}/${part}`, `${PROJECT}/${part}`);
  }
  const npm = `${await installPackages()}/npm`;
  return files.set(`${GUEST_DENO_DIR}/npm`, npm);
}

/** Puts the packages of deno.lock, and no others, into a `DENO_DIR` of the guest's; gives that. */
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
