/** Returns the paths of this machine's libcrypto and libssl (ldconfig(8)). */
export async function machineLibraries(): Promise<[libcrypto: string, libssl: string]> {
  const { stdout } = await new Deno.Command("/sbin/ldconfig", { args: ["-p"] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const path = (name: string) =>
    lines.find((line) => line.trim().startsWith(`${name} `))!.split(" => ")[1];
  return [path("libcrypto.so.3"), path("libssl.so.3")];
}
