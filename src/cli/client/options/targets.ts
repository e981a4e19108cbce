import type { Command } from "commander";
import { parseDuration } from "../../../config/mod.ts";
import { addOptions } from "../../options.ts";
import { clientOptions } from "./table.ts";

/** Texts that differ between the commands that call servers. */
export interface TargetTexts {
  /** The description of `--to`. */
  readonly to: string;
  /** The default of `--connect-timeout`, such as `10s`; without one, the channel's own. */
  readonly connectTimeout?: string;
}

/** Adds the options that say which servers are called, and over which kind of channel. */
export function withTargets(command: Command, texts: TargetTexts): Command {
  const { to, tcp, vsock, unix, header, connectTimeout, lb, stack } = clientOptions;
  const { unset: _, ...limited } = connectTimeout;
  const limit = texts.connectTimeout === undefined
    ? connectTimeout
    : { ...limited, default: parseDuration(texts.connectTimeout) };
  return addOptions(command, {
    to: { ...to, help: texts.to },
    ...{ tcp, vsock, unix, header },
    connectTimeout: limit,
    ...{ lb, stack },
  });
}
