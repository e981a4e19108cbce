/** `signer access`: checks files of rules. @module */
import { Command, Option } from "commander";
import { operations } from "../../access/mod.ts";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { algorithmOption } from "../key_options.ts";
import type { CheckOptions } from "./check.ts";

/** The command `signer access`. */
export function accessCommand(): Command {
  const access = new Command("access")
    .addHelpText("before", examples("signer access check rules.yaml --tokens tokens"));
  access.command("check <file>")
    .description("Find rules without effect; with --as, explain what a caller may do")
    .addHelpText(
      "before",
      examples(
        "signer access check rules.yaml --tokens tokens",
        "signer access check rules.yaml --as token=deploy --key release-2027",
        "signer access check rules.yaml --as uid=1000 --as gid=1000 --operation echo",
      ),
    )
    .option(
      "--as <property=value>",
      "a property of the caller: token, spiffe, uri, dns, subject, cid, uid or gid; repeatable",
      collect,
    )
    .option("--key <id>", "the key that the caller would use")
    .addOption(
      new Option("--operation <name>", "what it would do (default: sign)").choices([...operations]),
    )
    .addOption(algorithmOption("--algorithm <name>", "with which algorithm (default: any)"))
    .option("--tokens <file>", "the file of tokens, to find names that no token has")
    .option("--key-dir <dir>", "the key folder, to find patterns that fit no key in it")
    .option("--allow-insecure-key-files", "accept files that other users own or can change")
    .action(async (file: string, options: CheckOptions) => {
      const { check } = await import("./check.ts");
      await check(file, options);
    });
  return access;
}
