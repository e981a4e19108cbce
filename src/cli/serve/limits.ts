/** The limits of `serve`: values that fit together. @module */
import { usageError } from "../exit.ts";
import { limitOptions, type Limits } from "./options/mod.ts";

/** Groups of limits in descending order: a later one is a share of those before it. */
const shares: readonly (readonly (keyof Limits)[])[] = [
  ["maxConnections", "maxConnectionsPerPeer", "maxSilentConnectionsPerPeer"],
  ["maxHeldBytes", "maxHeldBytesPerPeer", "maxHeldBytesPerConnection", "maxRequestBytes"],
  ["maxUnreadBytes", "maxUnreadBytesPerPeer", "maxConnectionUnreadBytes"],
];

const names = Object.keys(limitOptions) as (keyof Limits)[];

/**
 * The limits that the options give. A share that has its default is reduced to the limit that it is a share of.
 *
 * @throws {CliError} for a share that is larger than that limit
 */
export function limitsOf(options: Limits): Limits {
  const limits = Object.fromEntries(names.map((name) => [name, options[name]])) as {
    -readonly [L in keyof Limits]: number;
  };
  for (const group of shares) {
    for (let i = 1; i < group.length; i++) {
      const [whole, part] = [group[i - 1], group[i]];
      if (limits[part] <= limits[whole]) continue;
      // A message has to fit: its default is no share to be reduced.
      if (limits[part] !== limitOptions[part].default || part === "maxRequestBytes") {
        throw tooLarge(part, whole, limits);
      }
      limits[part] = limits[whole];
    }
  }
  return limits;
}

function tooLarge(part: keyof Limits, whole: keyof Limits, limits: Limits): Error {
  const text = (name: keyof Limits) => {
    const { flag, kind } = limitOptions[name];
    return `${flag} ${kind.format(limits[name])}`;
  };
  return usageError(
    `${text(part)} is more than ${text(whole)}`,
    `Raise ${limitOptions[whole].flag}, or lower ${limitOptions[part].flag}`,
  );
}
