/** The wording of problems in configuration files. @module */
import type { z } from "zod";
import { nearest } from "../../spelling/mod.ts";
import { MAX_PROBLEMS, type Place, type YamlPath, type YamlText } from "../../yaml/mod.ts";
import { describeBadValue, keyOf } from "../mod.ts";
import type { Layout } from "./layout.ts";

type Issue = z.ZodError["issues"][number];

/** Words the issues that zod found in a file, in the order of their places. */
export function describeIssues(
  issues: readonly Issue[],
  file: string,
  text: YamlText,
  layout: Layout,
): string[] {
  return issues.slice(0, MAX_PROBLEMS).flatMap((issue) => describeIssue(issue, text, layout))
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, MAX_PROBLEMS)
    .map(({ place, message }) => `${file}:${place.line}:${place.column}: ${message}`);
}

interface Problem {
  readonly place: Place;
  readonly message: string;
}

function describeIssue(issue: Issue, text: YamlText, layout: Layout): Problem[] {
  const path = issue.path as (string | number)[];
  const keys = layout.keysAt(path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => {
      const near = nearest(key, keys) ?? layout.pathOf(key);
      const advice = near === undefined ? `use ${keys.join(", ")}` : `did you mean ${near}?`;
      const whole = [...path, key];
      return {
        place: text.placeOfKey(whole),
        message: `${formatPath(whole)} is not known: ${advice}`,
      };
    });
  }
  const name = formatPath(path);
  const option = layout.optionAt(path);
  const problem = (message: string) => [{ place: text.placeOf(path), message }];
  if (issue.code === "custom" && option !== undefined) {
    return problem(describeBadValue(option, name, text.scalarAt(path) ?? "", issue.message));
  }
  if (keys.length > 0) return problem(`${name} has to be a mapping with ${keys.join(", ")}`);
  if (option === undefined) return problem(`${name} cannot be read: ${issue.message}`);
  return option.repeatable && path.at(-1) === keyOf(option)
    ? problem(`${name} has to be a value or a list of values`)
    : problem(`${name} has to be one value`);
}

function formatPath(path: YamlPath): string {
  if (path.length === 0) return "The file";
  return path.map((step, index) =>
    typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`
  ).join("");
}
